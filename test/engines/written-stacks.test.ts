import assert from "node:assert/strict";
import { test } from "node:test";
import { WrittenStacks } from "../../src/engines/cpython/written-stacks.ts";

test("a worker that names a signal which there is not does the gateway no harm", () => {
  const stacks = new WrittenStacks(Promise.resolve(undefined));
  for (const signal of [9999, 1.5, Number.NaN, -1]) stacks.ask(process.pid, signal);
  assert.equal(stacks.read(), "");
});
