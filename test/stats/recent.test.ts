import assert from "node:assert/strict";
import { test } from "node:test";
import { RECENT_TIMES, RecentRequests } from "../../src/stats/recent.ts";
import { RequestStatistics } from "../../src/stats/request-statistics.ts";

function answer(statistics: RequestStatistics, times: number, seconds: number): void {
  for (let at = 0; at < times; at += 1) {
    statistics.began();
    statistics.ended("GET", 200, 0);
    statistics.took(seconds, 0);
  }
}

test("each time back has its own requests, rate and percentiles", () => {
  const statistics = new RequestStatistics();
  const recent = new RecentRequests(0);
  for (let second = 1; second <= 600; second += 1) {
    // Slow ones until a minute ago, then twice as many quick ones.
    const isOld = second <= 540;
    answer(statistics, isOld ? 5 : 10, isOld ? 2 : 0.004);
    recent.look(statistics.counts, second * 1000);
  }
  const [ten, minute, five] = recent.upTo(statistics.counts, 600_000);
  assert.deepEqual([ten?.seconds, ten?.requests, ten?.perSecond], [10, 100, 10]);
  assert.deepEqual([minute?.requests, five?.requests], [600, 600 + 240 * 5]);
  assert.ok((minute?.durations.p99 ?? 9) <= 0.005, `${minute?.durations.p99}`);
  assert.ok((five?.durations.p90 ?? 0) > 1, `${five?.durations.p90}`);
});

test("a server that has just started tells of the time since", () => {
  const statistics = new RequestStatistics();
  const recent = new RecentRequests(1_000);
  answer(statistics, 6, 0.1);
  for (const { seconds, perSecond } of recent.upTo(statistics.counts, 3_000)) {
    assert.deepEqual({ seconds, perSecond }, { seconds: 2, perSecond: 3 });
  }
});

test("where there was no request there are no percentiles", () => {
  const recent = new RecentRequests(0);
  const [first] = recent.upTo(new RequestStatistics().counts, 0);
  assert.equal(first?.perSecond, 0);
  assert.deepEqual(first?.durations, { p50: undefined, p90: undefined, p99: undefined });
  assert.equal(RECENT_TIMES.length, 3);
});
