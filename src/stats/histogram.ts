/** Counts of durations in buckets that are the same everywhere, so that any two can be summed. */

/** The upper bounds of all buckets but the last, which has none; in seconds. */
export const BOUNDS: readonly number[] = [
  ...[0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05],
  ...[0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
];

/** What has been counted: plain data, to be sent as JSON. */
export interface HistogramCounts {
  /** One for each bound, and one for what is beyond the last. */
  readonly buckets: readonly number[];
  /** Of all durations, in seconds. */
  readonly sum: number;
}

export const NOTHING_COUNTED: HistogramCounts = {
  buckets: Array.from({ length: BOUNDS.length + 1 }, () => 0),
  sum: 0,
};

export class Histogram {
  // Floats hold whole numbers beyond what a server ever counts, and adding to one makes no object.
  readonly #buckets = new Float64Array(BOUNDS.length + 1);
  readonly #bounds = Float64Array.from(BOUNDS);
  readonly #sum = new Float64Array(1);

  count(seconds: number): void {
    const bounds = this.#bounds;
    let bucket = 0;
    while (bucket < bounds.length && seconds > (bounds[bucket] ?? 0)) bucket += 1;
    this.#buckets[bucket] = (this.#buckets[bucket] ?? 0) + 1;
    this.#sum[0] = (this.#sum[0] ?? 0) + seconds;
  }

  get counts(): HistogramCounts {
    return { buckets: [...this.#buckets], sum: this.#sum[0] ?? 0 };
  }
}

export function sumHistograms(histograms: readonly HistogramCounts[]): HistogramCounts {
  return {
    buckets: NOTHING_COUNTED.buckets.map((_, at) =>
      histograms.reduce((sum, { buckets }) => sum + (buckets[at] ?? 0), 0),
    ),
    sum: histograms.reduce((total, { sum }) => total + sum, 0),
  };
}

/** What was counted between two looks at the same histogram. */
export function countedSince(now: HistogramCounts, before: HistogramCounts): HistogramCounts {
  return {
    buckets: now.buckets.map((count, at) => count - (before.buckets[at] ?? 0)),
    sum: now.sum - before.sum,
  };
}

export function countOf({ buckets }: HistogramCounts): number {
  return buckets.reduce((sum, count) => sum + count, 0);
}

/**
 * The duration that a share of all stays below, in seconds; undefined where nothing was counted.
 * Within a bucket all are taken to be spread evenly; what is beyond the last bound counts as it.
 */
export function quantile(histogram: HistogramCounts, share: number): number | undefined {
  let left = share * countOf(histogram);
  if (left === 0) return undefined;
  for (const [at, count] of histogram.buckets.entries()) {
    const upper = BOUNDS[at];
    if (upper === undefined) break;
    const lower = BOUNDS[at - 1] ?? 0;
    if (left <= count) return lower + (upper - lower) * (left / count);
    left -= count;
  }
  return BOUNDS.at(-1);
}
