import assert from "node:assert/strict";
import { test } from "node:test";
import { DrainRate } from "../../src/engines/cpython/drain-rate.ts";

/** So many requests a second for ten seconds, noted each quarter of one. */
function drained(perSecond: number): DrainRate {
  const rate = new DrainRate();
  for (let now = 0; now <= 10_000; now += 250) rate.note((perSecond * now) / 1000, now);
  return rate;
}

test("who is refused is told when those before it will have gone", () => {
  const rate = drained(100);
  assert.equal(rate.secondsFor(50), 1);
  assert.ok(rate.secondsFor(1_000) >= 10 && rate.secondsFor(1_000) <= 12);
});

test("it is a second at least, and half a minute at most", () => {
  assert.equal(drained(1_000_000).secondsFor(1), 1);
  assert.equal(drained(0).secondsFor(1), 30);
});

test("an idle time says nothing about how fast the queue will go", () => {
  const rate = drained(100);
  rate.pause();
  rate.note(1_000, 3_600_000);
  assert.ok(rate.secondsFor(1_000) <= 12);
});

test("where nothing waits, or nothing is known yet, it is a second", () => {
  assert.equal(drained(0).secondsFor(0), 1);
  assert.equal(new DrainRate().secondsFor(2048), 1);
});

test("a queue that has only begun is not taken for one that never moves", () => {
  const rate = new DrainRate();
  for (const now of [0, 50, 100]) rate.note(0, now);
  assert.equal(rate.secondsFor(1), 1);
  rate.note(1, 700);
  assert.equal(rate.secondsFor(5), 4);
});
