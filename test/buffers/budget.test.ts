import assert from "node:assert/strict";
import { test } from "node:test";
import { Budget } from "../../src/buffers/budget.ts";

test("a budget gives up to its limit, and again what it got back", () => {
  const budget = new Budget(10);
  assert.equal(budget.take(7), true);
  assert.equal(budget.take(4), false);
  assert.equal(budget.used, 7);
  assert.equal(budget.take(3), true);
  assert.equal(budget.isSpent, true);
  budget.give(5);
  assert.equal(budget.isSpent, false);
  assert.equal(budget.take(5), true);
});

test("what is there already is charged beyond the limit, and nothing is taken until it has gone", () => {
  const budget = new Budget(10);
  budget.charge(15);
  assert.equal(budget.used, 15);
  assert.equal(budget.take(1), false);
  budget.give(14);
  assert.equal(budget.take(9), true);
});

test("a new limit counts what was taken under the old one", () => {
  const budget = new Budget(10);
  budget.take(8);
  budget.resize(5);
  assert.equal(budget.isSpent, true);
  budget.resize(9);
  assert.equal(budget.take(1), true);
  assert.equal(budget.take(1), false);
});
