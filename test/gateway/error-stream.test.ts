/** wsgi.errors hands on whole lines, so that two applications' texts do not mix. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { LogErrorStream } from "../../src/gateway/error-stream.ts";

function keeping(): { readonly stream: LogErrorStream; readonly written: string[] } {
  const written: string[] = [];
  return { stream: new LogErrorStream((text) => written.push(text)), written };
}

test("a line goes on when it ends", () => {
  const { stream, written } = keeping();
  stream.write("a");
  stream.write("b");
  assert.deepEqual(written, []);
  stream.write("c\nd\ne");
  assert.deepEqual(written, ["abc\nd\n"]);
  stream.write("f\n");
  assert.deepEqual(written, ["abc\nd\n", "ef\n"]);
});

test("flush() ends the line that has begun, and nothing otherwise", () => {
  const { stream, written } = keeping();
  stream.flush();
  stream.write("a");
  stream.flush();
  stream.flush();
  assert.deepEqual(written, ["a\n"]);
});

test("writelines() adds no line ends", () => {
  const { stream, written } = keeping();
  stream.writelines(["a", "b\n", "c\n"]);
  assert.equal(written.join(""), "ab\nc\n");
});
