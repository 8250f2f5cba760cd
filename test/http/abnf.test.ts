import assert from "node:assert/strict";
import { test } from "node:test";
import {
  CHUNK_HEAD,
  CONTENT_LENGTH,
  HOST,
  NOT_IN_FIELD_VALUE,
  REQUEST_TARGET,
  STATUS,
  TOKEN,
  TRANSFER_CODING,
} from "../../src/http/abnf.ts";

const BYTES = Array.from({ length: 256 }, (_, code) => String.fromCharCode(code));

test("a token holds the 77 tchar of RFC 9110 and nothing else", () => {
  const tchar = BYTES.filter((byte) => TOKEN.test(byte)).join("");
  assert.equal(tchar.length, 77);
  assert.ok(!/[\s"(),/:;<=>?@[\\\]{}\x7f-\xff]/.test(tchar));
});

test("a field value takes tabs, spaces, visible ASCII and obs-text", () => {
  const taken = BYTES.filter((byte) => !NOT_IN_FIELD_VALUE.test(byte));
  assert.equal(taken.length, 1 + 95 + 128);
  assert.ok(NOT_IN_FIELD_VALUE.test("\u0100"));
});

test("a request-target takes visible ASCII but no fragment", () => {
  const taken = BYTES.filter((byte) => REQUEST_TARGET.test(byte));
  assert.equal(taken.length, 93);
  assert.ok(!REQUEST_TARGET.test("/a#b"));
});

test("a Content-Length is at most fifteen digits", () => {
  for (const good of ["0", "0005", "999999999999999"]) assert.ok(CONTENT_LENGTH.test(good), good);
  for (const bad of ["", "+5", "-5", " 5", "5 ", "5,5", "0x5", "5\n", "1000000000000000"]) {
    assert.ok(!CONTENT_LENGTH.test(bad), bad);
  }
});

test("a Host is a name or an address, and perhaps a port", () => {
  for (const good of ["a", "a.example", "a:80", "127.0.0.1", "[::1]:8000", "x_y.example", "a:"]) {
    assert.ok(HOST.test(good), good);
  }
  for (const bad of [
    "",
    "a b",
    "u@a",
    "a/b",
    "a,b",
    "a:x",
    "[::1",
    "::1",
    "a:800000",
    "%zz",
    "a\n",
  ]) {
    assert.ok(!HOST.test(bad), bad);
  }
});

test("a chunk's head is its size and extensions without white space around their parts", () => {
  for (const good of ["0", "00a", "FFFFFFFFFFFFF", "5;a", "5;a=b", '5;a="b\\" c";d']) {
    assert.ok(CHUNK_HEAD.test(good), good);
  }
  for (const bad of ["", "g", "0x5", "5 ", "5;", "5;a=", "5; a", '5;a="', "12345678901234"]) {
    assert.ok(!CHUNK_HEAD.test(bad), bad);
  }
});

test("neither a chunk's head nor a coding takes long to refuse", () => {
  const parts = ';a="b"'.repeat(20_000);
  const start = performance.now();
  assert.ok(!CHUNK_HEAD.test(`5${parts};`));
  assert.ok(!TRANSFER_CODING.test(`gzip${parts};`));
  assert.ok(!HOST.test(`${"a".repeat(100_000)}!@`));
  assert.ok(performance.now() - start < 1000);
});

test("a transfer coding is a token with parameters", () => {
  for (const good of ["gzip", "x;a=b", 'x ; a = "b c"'])
    assert.ok(TRANSFER_CODING.test(good), good);
  for (const bad of ["", "gz ip", '"gzip"', "x;", "x;a"])
    assert.ok(!TRANSFER_CODING.test(bad), bad);
});

test("a status is a code from 100 to 599, a space and a reason", () => {
  for (const good of ["200 OK", "204 No Content", "599 Caf\xe9"])
    assert.ok(STATUS.test(good), good);
  for (const bad of [
    "200",
    "200 ",
    "200  OK",
    "200 OK ",
    "099 X",
    "600 X",
    "20 X",
    "2000 X",
    "200 OK\r\n",
    "200 \u20ac",
  ]) {
    assert.ok(!STATUS.test(bad), bad);
  }
});
