/** Percentiles are values that were measured. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { percentiles } from "../../../bench/loads/percentiles.ts";

test("percentiles are exact, in whatever order the values come", () => {
  const values = Float64Array.from({ length: 1000 }, (_, index) => 1000 - index);
  assert.deepEqual(percentiles(values), { p50: 500, p99: 990, p999: 999 });
});

test("one value is all percentiles", () => {
  assert.deepEqual(percentiles(Float64Array.of(7)), { p50: 7, p99: 7, p999: 7 });
});

test("of a hundred values the last one is beyond the 99th percentile", () => {
  const values = Float64Array.from({ length: 100 }, (_, index) => index + 1);
  assert.deepEqual(percentiles(values), { p50: 50, p99: 99, p999: 100 });
});

test("nothing measured is an error, not a zero", () => {
  assert.throws(() => percentiles(new Float64Array()), /no latency was measured/);
});
