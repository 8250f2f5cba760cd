import assert from "node:assert/strict";
import { test } from "node:test";
import { BodyWriter, NO_MORE_DATA } from "../../src/http/body-writer.ts";
import { LocalProtocolError } from "../../src/http/errors.ts";
import { CHUNKED, UNTIL_CLOSE } from "../../src/http/framing.ts";

function text(pieces: readonly Uint8Array[]): string {
  return Buffer.concat(pieces).toString();
}

test("data of a chunked body leaves as chunks, and empty data not at all", () => {
  const writer = new BodyWriter(CHUNKED);
  assert.equal(
    text(writer.write(Buffer.from("hello world, hello"))),
    "12\r\nhello world, hello\r\n",
  );
  assert.equal(text(writer.write(Buffer.alloc(0))), "");
  assert.ok(writer.takesMoreData);
  assert.equal(text(writer.end()), "0\r\n\r\n");
});

test("data beyond the Content-Length does not leave", () => {
  const writer = new BodyWriter({ kind: "content-length", length: 5 });
  assert.equal(text(writer.write(Buffer.from("hel"))), "hel");
  assert.equal(text(writer.write(Buffer.from("lo world"))), "lo");
  assert.equal(writer.takesMoreData, false);
  assert.equal(text(writer.write(Buffer.from("!"))), "");
  assert.equal(text(writer.end()), "");
});

test("a body shorter than its Content-Length does not end", () => {
  const writer = new BodyWriter({ kind: "content-length", length: 5 });
  writer.write(Buffer.from("hel"));
  assert.throws(
    () => writer.end(),
    (error) => {
      return error instanceof LocalProtocolError && error.message.includes("2 bytes shorter");
    },
  );
});

test("without a framing of its own a body is what comes until the end", () => {
  const writer = new BodyWriter(UNTIL_CLOSE);
  assert.equal(text(writer.write(Buffer.from("a"))), "a");
  assert.ok(writer.takesMoreData && writer.endsByClosing);
  assert.equal(text(writer.end()), "");
});

test("no body takes no data", () => {
  assert.equal(text(NO_MORE_DATA.write(Buffer.from("a"))), "");
  assert.equal(NO_MORE_DATA.takesMoreData, false);
  assert.equal(text(NO_MORE_DATA.end()), "");
});
