import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { reasonOf } from "../../src/log/system-reason.ts";

test("what the system refuses is told in words, with its code", () => {
  assert.throws(
    () => readFileSync("/nowhere/at/all"),
    (error) => reasonOf(error) === "no such file or directory (ENOENT)",
  );
});

test("any other error is told by its message", () => {
  assert.equal(reasonOf(new SyntaxError("no JSON")), "no JSON");
  assert.equal(reasonOf("thrown text"), "thrown text");
});
