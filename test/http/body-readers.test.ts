import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type BodyReader,
  ChunkedReader,
  ContentLengthReader,
} from "../../src/http/body-readers.ts";
import { RemoteProtocolError } from "../../src/http/errors.ts";
import { DEFAULT_HTTP_LIMITS } from "../../src/http/limits.ts";
import { ReceiveBuffer } from "../../src/http/receive-buffer.ts";

const LIMITS = { ...DEFAULT_HTTP_LIMITS, maxBodyBytes: 10, maxChunkLineBytes: 20 };

/** All data read from these pieces, and what is left in the buffer at the end. */
function read(reader: BodyReader, pieces: readonly Buffer[]): { data: string; left: string } {
  const buffer = new ReceiveBuffer();
  let data = "";
  let hasEnded = false;
  for (const piece of pieces) {
    buffer.append(piece);
    while (!hasEnded) {
      const reading = reader.read(buffer);
      if (reading === undefined) break;
      if (reading === "end") hasEnded = true;
      else data += Buffer.from(reading).toString("latin1");
    }
  }
  return { data, left: buffer.peekText(0, 99) };
}

function refusedWith(status: number): (error: unknown) => boolean {
  return (error) => error instanceof RemoteProtocolError && error.statusHint === status;
}

test("a body ends where its Content-Length says, however it was cut", () => {
  const bytes = Buffer.from("helloGET");
  for (let cut = 0; cut <= bytes.length; cut += 1) {
    const pieces = [bytes.subarray(0, cut), bytes.subarray(cut)];
    assert.deepEqual(read(new ContentLengthReader(5), pieces), { data: "hello", left: "GET" });
  }
});

test("chunks are read alike however they were cut, and leave what follows", () => {
  const bytes = Buffer.from("3;a=b\r\nhel\r\n2\r\nlo\r\n0\r\nX: y\r\n\r\nGET");
  for (let cut = 0; cut <= bytes.length; cut += 1) {
    const pieces = [bytes.subarray(0, cut), bytes.subarray(cut)];
    assert.deepEqual(read(new ChunkedReader(LIMITS), pieces), { data: "hello", left: "GET" });
  }
});

test("a chunk that would pass the body limit is refused at its size line", () => {
  const reader = new ChunkedReader(LIMITS);
  assert.throws(() => read(reader, [Buffer.from("8\r\n12345678\r\n3\r\n")]), refusedWith(413));
});

test("half a line of framing is refused as soon as it is too long", () => {
  const reader = new ChunkedReader(LIMITS);
  assert.throws(() => read(reader, [Buffer.from(`1;${"a".repeat(20)}`)]), refusedWith(400));
});

test("extensions are bounded in all, though each is short", () => {
  const chunks = Buffer.from("1;abcdef\r\nA\r\n".repeat(4));
  assert.throws(() => read(new ChunkedReader(LIMITS), [chunks]), refusedWith(400));
});

test("trailers are bounded in all, though each is short", () => {
  const trailers = Buffer.from(`0\r\n${"A: b\r\n".repeat(9)}`);
  assert.throws(() => read(new ChunkedReader(LIMITS), [trailers]), refusedWith(431));
});

test("a chunk that goes on past its size is refused before a line end comes", () => {
  assert.throws(() => read(new ChunkedReader(LIMITS), [Buffer.from("1\r\nAB")]), refusedWith(400));
});

test("a trailer that is too long is refused as that, whole or in pieces, whatever is in it", () => {
  const bytes = Buffer.from(`0\r\n${"a".repeat(12)}\r${"b".repeat(12)}\r\n\r\n`);
  const pieces = Array.from(bytes, (_, index) => bytes.subarray(index, index + 1));
  assert.throws(() => read(new ChunkedReader(LIMITS), [bytes]), refusedWith(431));
  assert.throws(() => read(new ChunkedReader(LIMITS), pieces), refusedWith(431));
});
