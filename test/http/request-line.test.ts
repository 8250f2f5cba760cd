import assert from "node:assert/strict";
import { test } from "node:test";
import { RemoteProtocolError } from "../../src/http/errors.ts";
import { parseRequestLine, placeOf } from "../../src/http/request-line.ts";

test("a request line is read up to the CR that is named, whatever follows", () => {
  const text = "PATCH /a?b=c HTTP/1.1\r\nHost: a b\r\n";
  assert.deepEqual(parseRequestLine(text, text.indexOf("\r")), {
    method: "PATCH",
    target: "/a?b=c",
    version: "HTTP/1.1",
  });
});

test("a line that borrows its spaces from the next line is refused", () => {
  for (const text of ["GET\r\nA / HTTP/1.1\r\n", "GET /\r\nA HTTP/1.1\r\n", "\r\nA / HTTP/1.1"]) {
    assert.throws(() => parseRequestLine(text, text.indexOf("\r")), RemoteProtocolError);
  }
});

test("the four forms of a target name their places", () => {
  const place = (method: string, target: string) => placeOf(method, target, "a.example");
  const host = "a.example";
  assert.deepEqual(place("GET", "/p?q?r"), { rawPath: "/p", query: "q?r", host });
  assert.deepEqual(place("OPTIONS", "*"), { rawPath: "", query: "", host });
  assert.deepEqual(place("GET", "HTTP://b:1/p?q"), { rawPath: "/p", query: "q", host: "b:1" });
  assert.deepEqual(place("GET", "https://b?q"), { rawPath: "/", query: "q", host: "b" });
  assert.throws(
    () => place("CONNECT", "b:443"),
    (error) => {
      return error instanceof RemoteProtocolError && error.statusHint === 501;
    },
  );
  for (const target of ["*", "p", "b:80", "ftp://b/", "http://", "http://u@b/", "//"]) {
    if (target === "//") assert.equal(place("GET", target).rawPath, "//");
    else assert.throws(() => place("GET", target), RemoteProtocolError, target);
  }
});
