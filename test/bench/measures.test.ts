import assert from "node:assert/strict";
import { test } from "node:test";
import { number, written } from "../../bench/report/measures.ts";

test("a number has three digits that count, or all before the point", () => {
  assert.deepEqual([0, 0.01234, 1.5, 36_249.7].map(number), ["0", "0.0123", "1.50", "36,250"]);
});

test("a measurement is written in the unit of its column", () => {
  assert.equal(written(0.0000331, "cpuSecondsPerRequest"), "33.1");
  assert.equal(written(4096, "bytesPerConnection"), "4.00");
  assert.equal(written(0.00125, "p99"), "1.25");
});
