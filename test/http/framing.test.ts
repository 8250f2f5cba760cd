import assert from "node:assert/strict";
import { test } from "node:test";
import { RemoteProtocolError } from "../../src/http/errors.ts";
import { requestFraming, responseFraming, responseHasNoBody } from "../../src/http/framing.ts";
import { makeResponseHead } from "../../src/http/response-head.ts";

test("a request's body ends by its length, by its chunks, or is none", () => {
  assert.deepEqual(requestFraming("HTTP/1.1", undefined, undefined), { kind: "none" });
  assert.deepEqual(requestFraming("HTTP/1.1", "0", undefined), { kind: "none" });
  assert.deepEqual(requestFraming("HTTP/1.0", "7", undefined), {
    kind: "content-length",
    length: 7,
  });
  assert.deepEqual(requestFraming("HTTP/1.1", undefined, "Chunked"), { kind: "chunked" });
});

test("whatever two servers could read in two ways is refused", () => {
  const refused = (status: number, length?: string, coding?: string, version = "HTTP/1.1") =>
    assert.throws(
      () => requestFraming(version === "HTTP/1.0" ? "HTTP/1.0" : "HTTP/1.1", length, coding),
      (error) => error instanceof RemoteProtocolError && error.statusHint === status,
      `${length} ${coding}`,
    );
  refused(400, "5", "chunked");
  refused(400, undefined, "chunked", "HTTP/1.0");
  for (const length of ["", "+5", "5, 5", "0x5", "1e3"]) refused(400, length);
  for (const coding of ["", "gzip", "chunked, gzip", "chunked, chunked", ", chunked"]) {
    refused(400, undefined, coding);
  }
  for (const coding of ["gzip, chunked", "identity,chunked", "x;a=b, CHUNKED"]) {
    refused(501, undefined, coding);
  }
});

test("a response's body is framed as its client can read it", () => {
  const unsized = makeResponseHead("200 OK", []);
  const sized = makeResponseHead("200 OK", [["Content-Length", "3"]]);
  assert.equal(responseFraming(unsized, "GET", "HTTP/1.1").kind, "chunked");
  assert.equal(responseFraming(unsized, "GET", "HTTP/1.0").kind, "until-close");
  assert.equal(responseFraming(sized, "GET", "HTTP/1.0").kind, "content-length");
  assert.equal(responseFraming(sized, "HEAD", "HTTP/1.1").kind, "none");
});

test("answers to HEAD, 1xx, 204, 205 and 304 have no body", () => {
  assert.ok(responseHasNoBody(200, "HEAD"));
  for (const status of [100, 103, 204, 205, 304]) assert.ok(responseHasNoBody(status, "GET"));
  for (const status of [200, 206, 404]) assert.ok(!responseHasNoBody(status, undefined));
});
