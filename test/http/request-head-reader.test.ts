import assert from "node:assert/strict";
import { test } from "node:test";
import { RemoteProtocolError } from "../../src/http/errors.ts";
import { DEFAULT_HTTP_LIMITS } from "../../src/http/limits.ts";
import { ReceiveBuffer } from "../../src/http/receive-buffer.ts";
import { RequestHeadReader } from "../../src/http/request-head-reader.ts";
import { readEveryWay } from "./every-cut.ts";

test("a head longer than the first look is read like any other", () => {
  for (const length of [1900, 2000, 2020, 2048, 2100, 4096, 8000]) {
    const text = `GET / HTTP/1.1\r\nHost: a\r\nX: ${"x".repeat(length)}\r\nY: z\r\n\r\n`;
    const { requests, end } = readEveryWay(Buffer.from(text));
    assert.equal(end, "idle");
    assert.deepEqual(requests[0]?.head.values, ["a", "x".repeat(length), "z"]);
  }
});

test("what was remembered of a request serves only the very same fields", () => {
  const sections = ["Host: a\r\nX: 1", "Host: a\r\nX: 12", "Host: a\r\nX: 1", "Host: a", "Host: b"];
  const text = sections.map((section) => `GET / HTTP/1.1\r\n${section}\r\n\r\n`).join("");
  const { requests } = readEveryWay(Buffer.from(text));
  assert.deepEqual(
    requests.map(({ head }) => head.values),
    [["a", "1"], ["a", "12"], ["a", "1"], ["a"], ["b"]],
  );
});

test("the same request again is another request that says the same", () => {
  const reader = new RequestHeadReader(DEFAULT_HTTP_LIMITS);
  const buffer = new ReceiveBuffer();
  const text = "GET /a?b HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
  buffer.append(Buffer.from(`${text}\r\n${text}`));
  const first = reader.read(buffer);
  const second = reader.read(buffer);
  assert.notEqual(first, second);
  assert.deepEqual(first, second);
  assert.equal(buffer.length, 0);
});

test("what was remembered of a request serves no other target, method or version", () => {
  const lines = ["GET /a HTTP/1.1", "GET /b HTTP/1.1", "PUT /b HTTP/1.1", "PUT /b HTTP/1.0"];
  const text = lines.map((line) => `${line}\r\nHost: a\r\nConnection: keep-alive\r\n\r\n`).join("");
  const { requests } = readEveryWay(Buffer.from(text));
  assert.deepEqual(
    requests.map(({ head }) => `${head.method} ${head.target} ${head.version}`),
    lines,
  );
});

test("an empty line before a request is passed over once, whether the request is remembered or not", () => {
  const request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  assert.equal(readEveryWay(Buffer.from(`${request}\r\n${request}\r\n${request}`)).end, "idle");
  const twice = readEveryWay(Buffer.from(`${request}\r\n${request}\r\n\r\n${request}`));
  assert.deepEqual(twice.end, { statusHint: 400 });
});

test("remembered fields do not carry a longer head past its limit", () => {
  const limits = { ...DEFAULT_HTTP_LIMITS, maxHeadBytes: 60 };
  const short = "GET / HTTP/1.1\r\nHost: second.example\r\n\r\n";
  const long = short.replace("/", `/${"a".repeat(30)}`);
  assert.equal(readEveryWay(Buffer.from(short), limits).end, "idle");
  assert.deepEqual(readEveryWay(Buffer.from(short + long), limits).end, { statusHint: 431 });
});

test("bytes of a half head stay unread, so that their owner sees that they came", () => {
  const reader = new RequestHeadReader(DEFAULT_HTTP_LIMITS);
  const buffer = new ReceiveBuffer();
  buffer.append(Buffer.from("GET / HTTP/1.1\r\nHost: a\r\n"));
  assert.equal(reader.read(buffer), undefined);
  assert.equal(buffer.length, 25);
  buffer.append(Buffer.from("\r\nrest"));
  assert.equal(reader.read(buffer)?.host, "a");
  assert.equal(buffer.peekText(0, 9), "rest");
});

test("a client that speaks TLS is told so at its first byte", () => {
  const buffer = new ReceiveBuffer();
  buffer.append(Buffer.from([0x16]));
  assert.throws(
    () => new RequestHeadReader(DEFAULT_HTTP_LIMITS).read(buffer),
    (error) => {
      return error instanceof RemoteProtocolError && error.message.includes("TLS");
    },
  );
});
