import assert from "node:assert/strict";
import { test } from "node:test";
import { STALL, WriteAhead } from "../../src/engines/cpython/write-ahead.ts";

const FAST = 1;
const MIDDLING = 5;
const SLOW = 9;

/** As `count` answers to requests of that age leave it. */
function after(count: number, age: number, writeAhead: WriteAhead = new WriteAhead()): WriteAhead {
  for (let at = 0; at < count; at += 1) writeAhead.answered(age, 0);
  return writeAhead;
}

test("nothing is sent ahead to a worker that nothing is known of", () => {
  assert.equal(new WriteAhead().allowed, 0);
});

test("each quick answer lets one request more be sent ahead, up to a bound", () => {
  assert.equal(after(1, FAST).allowed, 1);
  assert.equal(after(10, FAST).allowed, 10);
  assert.equal(after(1_000, FAST).allowed, 64);
});

test("an answer that is neither quick nor slow changes nothing", () => {
  assert.equal(after(5, MIDDLING, after(10, FAST)).allowed, 10);
});

test("each slow answer halves what is sent ahead, down to nothing", () => {
  assert.equal(after(1, SLOW, after(10, FAST)).allowed, 5);
  assert.equal(after(2, SLOW, after(10, FAST)).allowed, 2);
  assert.equal(after(4, SLOW, after(10, FAST)).allowed, 0);
});

test("after a stall nothing is sent ahead for half a second", () => {
  const writeAhead = after(10, FAST);
  writeAhead.stalled(1_000);
  assert.equal(writeAhead.allowed, 0);
  writeAhead.answered(FAST, 1_499);
  assert.equal(writeAhead.allowed, 0);
  writeAhead.answered(FAST, 1_500);
  assert.equal(writeAhead.allowed, 1);
});

test("what is sent ahead waits for milliseconds at most", () => {
  assert.ok(STALL <= 20);
});
