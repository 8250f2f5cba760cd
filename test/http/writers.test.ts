import assert from "node:assert/strict";
import { test } from "node:test";
import { LocalProtocolError } from "../../src/http/errors.ts";
import { CHUNKED, NO_BODY, WHOLE } from "../../src/http/framing.ts";
import { makeInformationalHead, makeResponseHead } from "../../src/http/response-head.ts";
import {
  encodeChunk,
  encodeInformationalHead,
  encodeResponseHead,
  joinHeadAndBody,
} from "../../src/http/writers.ts";

const COMMON = { date: "Date: now\r\n", server: "Server: s\r\n" };

test("a head has the server's fields, the application's, and those of its framing", () => {
  const head = makeResponseHead("200 OK", [["X-A", "1"]]);
  assert.equal(
    encodeResponseHead(head, CHUNKED, "Connection: close\r\n", COMMON),
    "HTTP/1.1 200 OK\r\nServer: s\r\nDate: now\r\nX-A: 1\r\nTransfer-Encoding: chunked\r\n" +
      "Connection: close\r\n\r\n",
  );
  assert.match(encodeResponseHead(head, WHOLE, "", COMMON, 3), /\r\nContent-Length: 3\r\n\r\n$/);
});

test("a head that is sent again is the same text until something of it changes", () => {
  const head = makeResponseHead("200 OK", [["X-A", "1"]]);
  const later = { ...COMMON, date: "Date: later\r\n" };
  const before = encodeResponseHead(head, WHOLE, "", COMMON);
  for (let times = 0; times < 3; times += 1) {
    assert.equal(encodeResponseHead(head, WHOLE, "", COMMON), before);
  }
  const changes = [
    [encodeResponseHead(head, WHOLE, "", later), /Date: later/],
    [encodeResponseHead(head, WHOLE, "Connection: close\r\n", later), /Connection: close/],
    [encodeResponseHead(head, CHUNKED, "", later), /chunked/],
    [encodeResponseHead(head, WHOLE, "", later, 5), /Content-Length: 5/],
    [encodeResponseHead(head, WHOLE, "", later, 6), /Content-Length: 6/],
    [encodeResponseHead(makeResponseHead("404 No", []), WHOLE, "", later, 6), /404 No/],
  ] as const;
  for (const [text, change] of changes) assert.match(text, change);
  assert.equal(encodeResponseHead(head, WHOLE, "", COMMON), before);
});

test("an application's own Date and Server stand alone", () => {
  const headers = [
    ["date", "then"],
    ["SERVER", "mine"],
  ] as const;
  const text = encodeResponseHead(makeResponseHead("200 OK", headers), WHOLE, "", COMMON);
  assert.equal(text, "HTTP/1.1 200 OK\r\ndate: then\r\nSERVER: mine\r\n\r\n");
});

test("a 204 response has no length, a 205 response a length of zero", () => {
  const length = [["CONTENT-Length", "5"]] as const;
  const encode = (status: string) =>
    encodeResponseHead(makeResponseHead(status, length), NO_BODY, "", { date: "", server: "" });
  assert.equal(encode("204 No Content"), "HTTP/1.1 204 No Content\r\n\r\n");
  assert.equal(encode("205 Reset"), "HTTP/1.1 205 Reset\r\nContent-Length: 0\r\n\r\n");
  assert.equal(encode("304 Same"), "HTTP/1.1 304 Same\r\nCONTENT-Length: 5\r\n\r\n");
});

test("an informational head has what it was given and nothing else", () => {
  const head = makeInformationalHead("103 Early Hints", [["Link", "</a>"]]);
  assert.equal(encodeInformationalHead(head), "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n");
});

test("a chunk is its size in hexadecimal and its data", () => {
  for (const size of [1, 26, 8_191, 8_192, 70_000]) {
    const data = Buffer.alloc(size, "a");
    const expected = `${size.toString(16)}\r\n${"a".repeat(size)}\r\n`;
    assert.equal(Buffer.concat(encodeChunk(data)).toString(), expected);
  }
});

test("a body is joined to its head up to its size", () => {
  const chunks = ["hel", "lo wo", "rld"].map((chunk) => Buffer.from(chunk));
  assert.equal(joinHeadAndBody("H\xe9ad\r\n", chunks, 5).toString("latin1"), "H\xe9ad\r\nhello");
});

test("bytes that no chunk has are never made up", () => {
  assert.throws(() => joinHeadAndBody("H", [Buffer.from("abc")], 4), LocalProtocolError);
});
