import assert from "node:assert/strict";
import { test } from "node:test";
import { escaped, quoted } from "../../src/log/escapes.ts";

test("text that is safe stays as it is", () => {
  assert.equal(escaped("/café?x=1"), "/café?x=1");
});

test("no control character survives, so a line cannot be forged nor a terminal driven", () => {
  assert.equal(escaped("a\r\nb\tc"), "a\\r\\nb\\tc");
  assert.equal(escaped("\0\x1b[2J\x7f\x9b"), "\\x00\\x1b[2J\\x7f\\x9b");
  assert.equal(escaped("\u2028\u2029"), "\\u2028\\u2029");
});

test("what is quoted cannot end its quotes", () => {
  assert.equal(quoted('a"b\\'), '"a\\"b\\\\"');
});
