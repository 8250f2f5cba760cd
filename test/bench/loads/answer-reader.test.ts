/** The cheap client reads whole answers, and takes nothing else for one. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { AnswerReader } from "../../../bench/loads/open-loop/answer-reader.ts";

const HELLO = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
const whole = { state: "whole", status: 200, body: "hello", closes: false };

test("an answer is whole at any cut of its bytes, and so is the next", () => {
  for (let cut = 1; cut < HELLO.length; cut += 1) {
    const reader = new AnswerReader();
    assert.deepEqual(reader.read(Buffer.from(HELLO.slice(0, cut))), { state: "unfinished" });
    assert.deepEqual(reader.read(Buffer.from(HELLO.slice(cut))), whole);
    assert.deepEqual(reader.read(Buffer.from(HELLO)), whole);
  }
});

test("a server that closes the connection is believed", () => {
  const text = "HTTP/1.0 503 Busy\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";
  const closing = { state: "whole", status: 503, body: "", closes: true };
  assert.deepEqual(new AnswerReader().read(Buffer.from(text)), closing);
});

test("bytes behind an answer are a fault", () => {
  assert.throws(() => new AnswerReader().read(Buffer.from(`${HELLO}!`)), /1 bytes behind/);
});

for (const text of ["SSH-2.0 hello\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n"]) {
  test(`${JSON.stringify(text)} is refused by name`, () => {
    assert.throws(
      () => new AnswerReader().read(Buffer.from(text)),
      /not an answer with a Content-/,
    );
  });
}
