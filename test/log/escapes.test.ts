import assert from "node:assert/strict";
import { test } from "node:test";
import { escaped, quoted, startOfEscaped } from "../../src/log/escapes.ts";

test("text that is safe stays as it is", () => {
  assert.equal(escaped("/café?x=1"), "/café?x=1");
});

test("no control character survives, so a line cannot be forged nor a terminal driven", () => {
  assert.equal(escaped("a\r\nb\tc"), "a\\r\\nb\\tc");
  assert.equal(escaped("\0\x1b[2J\x7f\x9b"), "\\u0000\\u001b[2J\\u007f\\u009b");
  assert.equal(escaped("\u2028\u2029"), "\\u2028\\u2029");
});

test("what is quoted cannot end its quotes", () => {
  assert.equal(quoted('a"b\\'), '"a\\"b\\\\"');
});

test("what is cut off ends before an escape, never in one", () => {
  const text = escaped('a"\x1b\\u');
  assert.equal(text, 'a\\"\\u001b\\\\u');
  const starts = Array.from({ length: text.length + 1 }, (_, longest) =>
    startOfEscaped(text, longest),
  );
  assert.deepEqual(
    new Set(starts),
    new Set(["", "a", 'a\\"', 'a\\"\\u001b', 'a\\"\\u001b\\\\', text]),
  );
});
