import assert from "node:assert/strict";
import { test } from "node:test";
import { DEFAULT_HTTP_LIMITS, type HttpLimits } from "../../src/http/limits.ts";
import { readEveryWay } from "./every-cut.ts";

/** Just enough for the second request that every input is followed by. */
const SMALL: HttpLimits = {
  maxRequestLineBytes: 29,
  maxFieldBytes: 20,
  maxFields: 3,
  maxHeadBytes: 79,
  maxBodyBytes: 8,
  maxChunkLineBytes: 20,
};

function endOf(text: string, limits: HttpLimits): unknown {
  return readEveryWay(Buffer.from(text), limits).end;
}

test("what fits every limit exactly is served", () => {
  const fields = `Host: ${"a".repeat(14)}\r\nX: 1\r\nContent-Length:8\r\n`;
  const text = `GET /${"a".repeat(15)} HTTP/1.1\r\n${fields}\r\n12345678`;
  assert.equal(endOf(text, SMALL), "idle");
  assert.deepEqual(endOf(text, { ...SMALL, maxHeadBytes: 78 }), { statusHint: 431 });
});

test("each limit has its status, whole line or half", () => {
  const host = "GET / HTTP/1.1\r\nHost: a\r\n";
  const cases: readonly (readonly [text: string, status: number])[] = [
    [`GET /${"a".repeat(16)} HTTP/1.1\r\n`, 414],
    ["a".repeat(31), 414],
    [`${host}X: ${"a".repeat(18)}\r\n`, 431],
    [`${host}X: ${"a".repeat(20)}`, 431],
    [`${host}A:\r\nB:\r\nC:\r\n`, 431],
    [`${host}A: ${"a".repeat(17)}\r\nB: ${"a".repeat(17)}\r\nC: ${"a".repeat(8)}`, 431],
    [`${host}Content-Length:9\r\n\r\n`, 413],
  ];
  for (const [text, statusHint] of cases)
    assert.deepEqual(endOf(text, SMALL), { statusHint }, text);
});

test("of two things that are wrong the first in the bytes decides", () => {
  const long = "a".repeat(80);
  assert.deepEqual(endOf(`${long}\n`, SMALL), { statusHint: 414 });
  assert.deepEqual(endOf(`GET /\n${long}`, SMALL), { statusHint: 400 });
  assert.deepEqual(endOf(`GET /\r${long}`, SMALL), { statusHint: 400 });
  assert.deepEqual(endOf(`GET / HTTP/2.0\r\nX: \0${long}\r\n\r\n`, SMALL), { statusHint: 505 });
  assert.deepEqual(endOf(`${long}\r\n`, { ...SMALL, maxHeadBytes: 10 }), { statusHint: 431 });
});

test("by default a request line of 8,000 bytes is served (RFC 9112 §3)", () => {
  const text = `GET /${"a".repeat(8000)} HTTP/1.1\r\nHost: a\r\n\r\n`;
  assert.equal(endOf(text, DEFAULT_HTTP_LIMITS), "idle");
});
