import assert from "node:assert/strict";
import { test } from "node:test";
import { FieldRole, fieldName, listElements, trimOws } from "../../src/http/fields.ts";

test("a name's meta-variable is that of CGI", () => {
  assert.equal(fieldName("Accept-Encoding")?.metaVariable, "HTTP_ACCEPT_ENCODING");
  assert.equal(fieldName("content-TYPE")?.metaVariable, "CONTENT_TYPE");
  assert.equal(fieldName("Content-Length")?.metaVariable, "CONTENT_LENGTH");
});

test("a name means the same in any case of letters, known or new", () => {
  for (const name of ["host", "HOST", "hOsT", "hOsT"]) {
    assert.equal(fieldName(name)?.role, FieldRole.HOST);
    assert.equal(fieldName(name)?.lower, "host");
  }
});

test("what is no token is no name", () => {
  for (const name of ["", " ", "a b", "a:", "a\0", "caf\xe9", "(a)"]) {
    assert.equal(fieldName(name), undefined);
  }
});

test("Proxy is hidden from applications", () => {
  for (const name of ["Proxy", "PROXY"]) assert.equal(fieldName(name)?.role, FieldRole.HIDDEN);
});

test("what proxies set is known by its name", () => {
  for (const name of ["Forwarded", "X-Forwarded-For", "x-forwarded-anything"]) {
    assert.equal(fieldName(name)?.role, FieldRole.FORWARDED, name);
  }
  assert.equal(fieldName("X-Forwarded")?.role, FieldRole.PLAIN);
});

test("an underscore is told apart from one that poses as a field with a meaning", () => {
  for (const name of ["X_Foo", "_", "X-Foo_Bar"]) {
    assert.equal(fieldName(name)?.role, FieldRole.UNDERSCORE, name);
  }
  const posing = ["X_Forwarded_For", "X-Forwarded_For", "Content_Length", "TRANSFER_ENCODING"];
  for (const name of [...posing, "User_Agent", "Proxy_Connection"]) {
    assert.equal(fieldName(name)?.role, FieldRole.IMPOSTOR, name);
  }
});

test("names of JavaScript's own objects are ordinary names", () => {
  for (const name of ["__proto__", "constructor", "toString", "hasOwnProperty"]) {
    const role = name.includes("_") ? FieldRole.UNDERSCORE : FieldRole.PLAIN;
    assert.equal(fieldName(name)?.role, role);
  }
});

test("only cookies join by semicolon", () => {
  assert.equal(fieldName("Cookie")?.joiner, "; ");
  assert.equal(fieldName("Accept")?.joiner, ", ");
});

test("more names than the cache holds are all read right", () => {
  for (let count = 0; count < 3000; count += 1) {
    assert.equal(fieldName(`X-Name-${count}`)?.lower, `x-name-${count}`);
  }
  const long = `X-${"y".repeat(500)}`;
  assert.equal(fieldName(long)?.lower, long.toLowerCase());
});

test("a list's elements come in lower case and without the empty ones", () => {
  assert.deepEqual(listElements(" Close ,,\tx,"), ["close", "x"]);
  assert.deepEqual(listElements(""), []);
});

test("spaces and tabs are trimmed, other white space is not", () => {
  assert.equal(trimOws(" \t a \t"), "a");
  assert.equal(trimOws("\xa0a\v"), "\xa0a\v");
  assert.equal(trimOws(" "), "");
});
