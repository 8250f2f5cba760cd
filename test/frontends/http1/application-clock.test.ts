import assert from "node:assert/strict";
import { test } from "node:test";
import { ApplicationClock } from "../../../src/frontends/http1/application-clock.ts";

const NOTHING_YET = { bytesGiven: 0, isOthersTurn: false };

/** Looks each quarter of a second, as a server does; returns the first that finds it too late. */
function firstLate(clock: ApplicationClock, seen: typeof NOTHING_YET, from: number, to: number) {
  for (let now = from; now <= to; now += 250) if (clock.look(seen, now)) return now;
  return undefined;
}

test("an application has its time from the first look at the request on", () => {
  const clock = new ApplicationClock(2_000);
  clock.startRequest();
  assert.equal(firstLate(clock, NOTHING_YET, 100, 9_000), 2_100);
});

test("each piece of an answer gives it the same time again", () => {
  const clock = new ApplicationClock(2_000);
  clock.startRequest();
  assert.equal(firstLate(clock, NOTHING_YET, 0, 1_750), undefined);
  assert.equal(firstLate(clock, { bytesGiven: 1, isOthersTurn: false }, 2_000, 3_750), undefined);
  assert.equal(firstLate(clock, { bytesGiven: 2, isOthersTurn: false }, 4_000, 9_000), 6_000);
});

test("so does the next request of the connection", () => {
  const clock = new ApplicationClock(2_000);
  clock.startRequest();
  assert.equal(firstLate(clock, NOTHING_YET, 0, 1_750), undefined);
  clock.startRequest();
  assert.equal(firstLate(clock, NOTHING_YET, 2_000, 9_000), 4_000);
});

test("time in which others are waited for does not count", () => {
  const clock = new ApplicationClock(2_000);
  clock.startRequest();
  const others = { bytesGiven: 0, isOthersTurn: true };
  assert.equal(firstLate(clock, others, 0, 60_000), undefined);
  assert.equal(firstLate(clock, NOTHING_YET, 60_250, 90_000), 62_000);
});

test("a process that stood still reads what has come before it judges, once", () => {
  const clock = new ApplicationClock(2_000);
  clock.startRequest();
  clock.look(NOTHING_YET, 0);
  assert.equal(clock.look(NOTHING_YET, 5_000), false);
  assert.equal(clock.look(NOTHING_YET, 10_000), true);
});

test("without a limit an application may take for ever", () => {
  const clock = new ApplicationClock(Number.POSITIVE_INFINITY);
  clock.startRequest();
  assert.equal(firstLate(clock, NOTHING_YET, 0, 100_000), undefined);
});
