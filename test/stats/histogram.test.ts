import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  BOUNDS,
  countedSince,
  countOf,
  Histogram,
  quantile,
  sumHistograms,
} from "../../src/stats/histogram.ts";

function histogramOf(...durations: readonly number[]): Histogram {
  const histogram = new Histogram();
  for (const duration of durations) histogram.count(duration);
  return histogram;
}

describe("a histogram", () => {
  test("counts a duration in the first bucket whose bound it does not exceed", () => {
    for (const [at, bound] of BOUNDS.entries()) {
      const { buckets } = histogramOf(bound).counts;
      assert.equal(buckets[at], 1, `${bound}`);
      assert.equal(histogramOf(bound * 1.001).counts.buckets[at + 1], 1, `beyond ${bound}`);
    }
  });

  test("adds durations up", () => {
    assert.equal(histogramOf(0.5, 1.25, 70).counts.sum, 71.75);
  });

  test("survives JSON, and what two have counted is summed", () => {
    const one = JSON.parse(JSON.stringify(histogramOf(0.2, 3).counts));
    const sum = sumHistograms([one, histogramOf(0.2).counts]);
    assert.deepEqual(sum, histogramOf(0.2, 3, 0.2).counts);
  });

  test("tells what was counted since an earlier look", () => {
    const histogram = histogramOf(0.25);
    const before = histogram.counts;
    histogram.count(8);
    assert.deepEqual(countedSince(histogram.counts, before), histogramOf(8).counts);
    assert.equal(countOf(before), 1);
  });
});

describe("a quantile", () => {
  test("is unknown where nothing was counted", () => {
    assert.equal(quantile(new Histogram().counts, 0.5), undefined);
  });

  test("lies in the bucket that holds that share of all", () => {
    const { counts } = histogramOf(...Array(98).fill(0.03), 4, 4);
    const median = quantile(counts, 0.5) ?? 0;
    const p99 = quantile(counts, 0.99) ?? 0;
    assert.ok(median > 0.025 && median <= 0.05, `${median}`);
    assert.ok(p99 > 2.5 && p99 <= 5, `${p99}`);
  });

  test("of what is beyond the last bound is that bound", () => {
    assert.equal(quantile(histogramOf(1000).counts, 0.9), BOUNDS.at(-1));
  });
});
