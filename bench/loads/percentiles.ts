/** Exact percentiles: of all that was measured, not of buckets. */

export interface Percentiles {
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
}

/** @throws {RangeError} there is nothing to sum up */
export function percentiles(values: Float64Array): Percentiles {
  if (values.length === 0) throw new RangeError("no latency was measured: the run was too short");
  const sorted = values.toSorted();
  return { p50: rank(sorted, 0.5), p99: rank(sorted, 0.99), p999: rank(sorted, 0.999) };
}

/** The nearest rank: the smallest value that so large a part of all does not exceed. */
function rank(sorted: Float64Array, part: number): number {
  // Without rounding first, 0.99 of 100 would be 99.00000000000001 on some products, and so the 100th.
  const place = Math.ceil(Number((part * sorted.length).toFixed(6)));
  return sorted[Math.max(place, 1) - 1] ?? Number.NaN;
}
