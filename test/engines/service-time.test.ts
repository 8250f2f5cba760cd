import assert from "node:assert/strict";
import { test } from "node:test";
import { ServiceTime } from "../../src/engines/cpython/service-time.ts";

/** A worker whose batches of `count` answers took `age`, often enough to be believed. */
function known(age: number, count: number): ServiceTime {
  const serviceTime = new ServiceTime();
  for (let batch = 0; batch < 20; batch += 1) serviceTime.answered(age, count);
  return serviceTime;
}

test("a sleeping worker is never filled before another that sleeps", () => {
  assert.equal(known(0.3, 10).isWorthFilling(0), false);
});

test("a worker that nothing is known of is not filled", () => {
  assert.equal(new ServiceTime().isWorthFilling(1), false);
});

test("a fast worker is filled up to 0.8 ms of work", () => {
  const fast = known(0.4, 10);
  assert.equal(fast.isWorthFilling(19), true);
  assert.equal(fast.isWorthFilling(21), false);
});

test("a slow worker is not filled", () => {
  assert.equal(known(50, 1).isWorthFilling(1), false);
});

test("one late batch does not make a fast worker slow, many do", () => {
  const serviceTime = known(0.4, 10);
  serviceTime.answered(4, 10);
  assert.equal(serviceTime.isWorthFilling(10), true);
  for (let batch = 0; batch < 100; batch += 1) serviceTime.answered(4, 10);
  assert.equal(serviceTime.isWorthFilling(10), false);
});
