/** What a server counts of its requests: cheaply, for it is done for each. */
import { Histogram, type HistogramCounts, sumHistograms } from "./histogram.ts";
import { addTo, sumTallies, type Tally } from "./tally.ts";

/** Methods that are counted by name; clients may send any other, and must not make up new counters. */
const METHODS = ["GET", "POST", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"];
const OTHER_METHOD = "other";

/** nginx's number for a client that left before it was answered. */
export const CLIENT_LEFT = 499;

/** Status codes have three digits (RFC 9110 section 15). */
const STATUSES = 1000;

/** All only grow. */
export interface RequestCounts {
  /** By method and status: `GET 200`. */
  readonly answered: Tally;
  readonly durations: HistogramCounts;
  /** How long requests waited for a worker. */
  readonly queueTimes: HistogramCounts;
  /** Of bodies. */
  readonly bytesSent: number;
  /** By the name of the reason (src/http/refusals.ts). */
  readonly refused: Tally;
}

export class RequestStatistics {
  readonly #answered = new Float64Array((METHODS.length + 1) * STATUSES);
  readonly #durations = new Histogram();
  readonly #queueTimes = new Histogram();
  readonly #refused: Record<string, number> = {};
  #bytesSent = 0;
  /** Requests that have begun and not ended. */
  inFlight = 0;

  began(): void {
    this.inFlight += 1;
  }

  /** A request has ended. `status` is undefined where its client left before it was answered. */
  ended(method: string, status: number | undefined, bytesSent: number): void {
    this.inFlight -= 1;
    this.#bytesSent += bytesSent;
    const row = METHODS.indexOf(method);
    const at = (row < 0 ? METHODS.length : row) * STATUSES + (status ?? CLIENT_LEFT);
    this.#answered[at] = (this.#answered[at] ?? 0) + 1;
  }

  /** The same request, in seconds. */
  took(duration: number, queueTime: number): void {
    this.#durations.count(duration);
    this.#queueTimes.count(queueTime);
  }

  /** A client was refused, before its request reached the application or in the middle of its body. */
  refused(reason: string): void {
    addTo(this.#refused, reason);
  }

  get counts(): RequestCounts {
    return {
      answered: this.#answeredByName(),
      durations: this.#durations.counts,
      queueTimes: this.#queueTimes.counts,
      bytesSent: this.#bytesSent,
      refused: { ...this.#refused },
    };
  }

  #answeredByName(): Tally {
    const tally: Record<string, number> = {};
    // Most are 0, and an iterator would make an object for each.
    for (let at = 0; at < this.#answered.length; at += 1) {
      const count = this.#answered[at] ?? 0;
      if (count === 0) continue;
      const method = METHODS[Math.floor(at / STATUSES)] ?? OTHER_METHOD;
      tally[`${method} ${at % STATUSES}`] = count;
    }
    return tally;
  }
}

export function sumRequests(all: readonly RequestCounts[]): RequestCounts {
  return {
    answered: sumTallies(all.map(({ answered }) => answered)),
    durations: sumHistograms(all.map(({ durations }) => durations)),
    queueTimes: sumHistograms(all.map(({ queueTimes }) => queueTimes)),
    bytesSent: all.reduce((sum, { bytesSent }) => sum + bytesSent, 0),
    refused: sumTallies(all.map(({ refused }) => refused)),
  };
}
