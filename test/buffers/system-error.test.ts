import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { codeOf, hasCode, isSystemError } from "../../src/buffers/system-error.ts";

function errorOf(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}

test("what the system refuses has its code", () => {
  const error = errorOf(() => readFileSync("/nowhere/at/all"));
  assert.ok(isSystemError(error));
  assert.equal(codeOf(error), "ENOENT");
  assert.ok(hasCode(error, "EACCES", "ENOENT"));
  assert.ok(!hasCode(error, "EACCES"));
});

test("what this program throws has none, nor has what is no error", () => {
  for (const error of [new TypeError("of ours"), { code: "ENOENT" }, undefined]) {
    assert.ok(!isSystemError(error));
    assert.equal(codeOf(error), "");
    assert.ok(!hasCode(error, "ENOENT"));
  }
});
