import assert from "node:assert/strict";
import { test } from "node:test";
import { countOf } from "../../src/stats/histogram.ts";
import { RequestStatistics, sumRequests } from "../../src/stats/request-statistics.ts";

test("requests are counted by method and status, and what they took", () => {
  const statistics = new RequestStatistics();
  statistics.began();
  statistics.began();
  assert.equal(statistics.inFlight, 2);
  statistics.ended("GET", 200, 11);
  statistics.took(0.5, 0.25);
  statistics.ended("POST", 503, 20);
  statistics.took(2, 0);
  const { answered, durations, queueTimes, bytesSent } = statistics.counts;
  assert.equal(statistics.inFlight, 0);
  assert.deepEqual(answered, { "GET 200": 1, "POST 503": 1 });
  assert.deepEqual([countOf(durations), durations.sum], [2, 2.5]);
  assert.deepEqual([countOf(queueTimes), queueTimes.sum], [2, 0.25]);
  assert.equal(bytesSent, 31);
});

test("a client that left is counted as 499", () => {
  const statistics = new RequestStatistics();
  statistics.ended("GET", undefined, 0);
  assert.deepEqual(statistics.counts.answered, { "GET 499": 1 });
});

test("methods that clients make up share one counter", () => {
  const statistics = new RequestStatistics();
  for (const method of ["BREW", "get", "__proto__"]) statistics.ended(method, 200, 0);
  assert.deepEqual(statistics.counts.answered, { "other 200": 3 });
});

test("the counts of two processes are summed, also after JSON", () => {
  const one = new RequestStatistics();
  one.ended("GET", 200, 5);
  one.took(1, 0);
  one.refused("slow-head");
  const other = new RequestStatistics();
  other.ended("GET", 200, 5);
  other.ended("HEAD", 304, 0);
  other.refused("slow-head");
  const sum = sumRequests([JSON.parse(JSON.stringify(one.counts)), other.counts]);
  assert.deepEqual(sum.answered, { "GET 200": 2, "HEAD 304": 1 });
  assert.deepEqual(sum.refused, { "slow-head": 2 });
  assert.equal(sum.bytesSent, 10);
  assert.equal(sum.durations.sum, 1);
});
