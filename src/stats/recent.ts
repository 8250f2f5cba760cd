/** How many requests there were lately, and how long they took: from looks at counters that only grow. */
import {
  countedSince,
  countOf,
  type HistogramCounts,
  NOTHING_COUNTED,
  quantile,
} from "./histogram.ts";
import type { RequestCounts } from "./request-statistics.ts";

/** Durations in seconds; undefined where there was no request. */
export interface Percentiles {
  readonly p50: number | undefined;
  readonly p90: number | undefined;
  readonly p99: number | undefined;
}

/** The requests that ended within a time. */
export interface Recent {
  /** How long that is; less than was asked for where there was no look as long ago. */
  readonly seconds: number;
  readonly requests: number;
  readonly perSecond: number;
  readonly durations: Percentiles;
  readonly queueTimes: Percentiles;
}

/** The longest time back that is remembered, in milliseconds. */
const LONGEST = 300_000;

export const RECENT_TIMES: readonly number[] = [10_000, 60_000, LONGEST];

interface Look {
  /** On the caller's clock, in milliseconds. */
  readonly at: number;
  readonly durations: HistogramCounts;
  readonly queueTimes: HistogramCounts;
}

export class RecentRequests {
  readonly #looks: Look[] = [];

  /** `at` is when counting began. */
  constructor(at: number) {
    this.#looks.push({ at, durations: NOTHING_COUNTED, queueTimes: NOTHING_COUNTED });
  }

  /** To be called about once a second. */
  look({ durations, queueTimes }: RequestCounts, at: number): void {
    this.#looks.push({ at, durations, queueTimes });
    // The last one that is old enough stays.
    while ((this.#looks[1]?.at ?? at) <= at - LONGEST) this.#looks.shift();
  }

  /** For each of {@link RECENT_TIMES}, up to now. */
  upTo(now: RequestCounts, at: number): readonly Recent[] {
    return RECENT_TIMES.map((time) => {
      const before = this.#before(at - time);
      const durations = countedSince(now.durations, before.durations);
      const requests = countOf(durations);
      const seconds = (at - before.at) / 1000;
      return {
        seconds,
        requests,
        perSecond: seconds > 0 ? requests / seconds : 0,
        durations: percentiles(durations),
        queueTimes: percentiles(countedSince(now.queueTimes, before.queueTimes)),
      };
    });
  }

  /** The last look at that time or before it, else the first there is. */
  #before(at: number): Look {
    const [first] = this.#looks;
    const look = this.#looks.findLast((earlier) => earlier.at <= at) ?? first;
    return look ?? { at, durations: NOTHING_COUNTED, queueTimes: NOTHING_COUNTED };
  }
}

function percentiles(counted: HistogramCounts): Percentiles {
  return {
    p50: quantile(counted, 0.5),
    p90: quantile(counted, 0.9),
    p99: quantile(counted, 0.99),
  };
}
