import assert from "node:assert/strict";
import { test } from "node:test";
import { median, spreadOf } from "../../bench/report/statistics.ts";
import { speeds } from "./made-up-results.ts";

test("the median is the middle one, or half-way between the middle two", () => {
  assert.equal(median([9, 1, 5]), 5);
  assert.equal(median([10, 2, 4, 8]), 6);
});

test("a spread is of those rounds that measured it", () => {
  const rounds = [...speeds(30, 10), { p99: 1 }, ...speeds(20)];
  assert.deepEqual(spreadOf(rounds, "requestsPerSecond"), { median: 20, lowest: 10, highest: 30 });
  assert.equal(spreadOf(rounds, "p50"), undefined);
});
