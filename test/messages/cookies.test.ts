import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  CookieError,
  type CookieOptions,
  MAX_COOKIE_BYTES,
  parseCookies,
  setCookieField,
} from "../../src/messages/cookies.ts";
import { HttpResponse } from "../../src/messages/http-response.ts";
import { toApplication } from "../../src/messages/to-application.ts";
import { runForHead } from "./answered.ts";

describe("a request's cookies", () => {
  const rows: readonly (readonly [field: string, cookies: Readonly<Record<string, string>>])[] = [
    ["a=1; b=2", { a: "1", b: "2" }],
    ["a=1;b=2", { a: "1", b: "2" }],
    ["a=first; a=second", { a: "first" }],
    ["a=x=y", { a: "x=y" }],
    ["a=", { a: "" }],
    ["nameless; a=1", { a: "1" }],
    ["=1; a=1", { a: "1" }],
    ["a=%41", { a: "%41" }],
    ['a="1 2"', { a: "1 2" }],
    ['a="1\\0542"', { a: "1,2" }],
    ['a="\\"\\\\"', { a: '"\\' }],
    ['a="', { a: '"' }],
    ["a=\xc3\xa9", { a: "é" }],
    ["a=\xc3\xa0 ; b=1", { a: "à", b: "1" }],
    ["\xa0__Host-id=evil; __Host-id=1", { "\xa0__Host-id": "evil", "__Host-id": "1" }],
    ["__proto__=1", { ["__proto__"]: "1" }],
    ["", {}],
    [";;; ,", {}],
  ];
  for (const [field, cookies] of rows) {
    test(`${JSON.stringify(field)} is read as it was meant`, () => {
      assert.deepEqual([...parseCookies(field)], Object.entries(cookies));
    });
  }

  test("are none without the field", () => {
    assert.equal(parseCookies(undefined).size, 0);
  });
});

describe("a cookie that is set", () => {
  const rows: readonly (readonly [options: CookieOptions, isHttps: boolean, field: string])[] = [
    [{}, false, "a=1; Path=/; HttpOnly; SameSite=Lax"],
    [{}, true, "a=1; Path=/; Secure; HttpOnly; SameSite=Lax"],
    [{ secure: false }, true, "a=1; Path=/; HttpOnly; SameSite=Lax"],
    [{ secure: true }, false, "a=1; Path=/; Secure; HttpOnly; SameSite=Lax"],
    [{ sameSite: "none" }, false, "a=1; Path=/; Secure; HttpOnly; SameSite=None"],
    [{ partitioned: true }, false, "a=1; Path=/; Secure; HttpOnly; SameSite=Lax; Partitioned"],
    [{ httpOnly: false, sameSite: "strict" }, false, "a=1; Path=/; SameSite=Strict"],
    [
      { maxAge: 60, expires: new Date(0), path: "/x", domain: "example.com" },
      false,
      "a=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=60; Domain=example.com; Path=/x; HttpOnly; SameSite=Lax",
    ],
  ];
  for (const [options, isHttps, field] of rows) {
    test(`with ${JSON.stringify(options)} over ${isHttps ? "https" : "http"}`, () => {
      assert.equal(setCookieField("a", "1", options, isHttps), field);
    });
  }

  test("whose name demands it is secure over http, too", () => {
    assert.match(setCookieField("__Host-a", "1", {}, false), /; Secure;/);
    assert.match(setCookieField("__Secure-a", "1", {}, false), /; Secure;/);
  });

  test("of the largest size is taken", () => {
    assert.ok(setCookieField("a", "x".repeat(MAX_COOKIE_BYTES - 1), {}, false));
  });

  const refused: readonly (readonly [name: string, value: string, options: CookieOptions])[] = [
    ["", "1", {}],
    ["a b", "1", {}],
    ["a=", "1", {}],
    ["a", "1;2", {}],
    ["a", "1 2", {}],
    ["a", "1\r\nSet-Cookie: b=2", {}],
    ["a", "é", {}],
    ["a", '"', {}],
    ["a", "x".repeat(MAX_COOKIE_BYTES), {}],
    ["a", "1", { path: "x" }],
    ["a", "1", { path: "/;Domain=evil.example" }],
    ["a", "1", { domain: "a b" }],
    ["a", "1", { domain: "" }],
    ["a", "1", { maxAge: 1.5 }],
    ["a", "1", { expires: new Date(Number.NaN) }],
    ["a", "1", { sameSite: "none", secure: false }],
    ["a", "1", { partitioned: true, secure: false }],
    ["__Secure-a", "1", { secure: false }],
    ["__Host-a", "1", { domain: "example.com" }],
    ["__Host-a", "1", { path: "/x" }],
    ["__host-a", "1", { path: "/x" }],
  ];
  for (const [name, value, options] of refused) {
    test(`${JSON.stringify([name, value.slice(0, 20), options])} is refused by name`, () => {
      assert.throws(
        () => setCookieField(name, value, options, true),
        (error) => error instanceof CookieError && error.message.includes(JSON.stringify(name)),
      );
    });
  }
});

describe("cookies of a response", () => {
  const application = toApplication(() =>
    new HttpResponse().setCookie("a", "1").setCookie("b", "2", { secure: false }).deleteCookie("c"),
  );

  test("are secure where the request came over https", async () => {
    const { headers } = await runForHead(application, { scheme: "https" });
    assert.deepEqual(
      headers.filter(([name]) => name === "Set-Cookie").map(([, value]) => value),
      [
        "a=1; Path=/; Secure; HttpOnly; SameSite=Lax",
        "b=2; Path=/; HttpOnly; SameSite=Lax",
        "c=; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Path=/; Secure; HttpOnly; SameSite=Lax",
      ],
    );
  });

  test("do not stay so for the next request", async () => {
    const response = new HttpResponse().setCookie("a", "1");
    const shared = toApplication(() => response);
    await runForHead(shared, { scheme: "https" });
    const { headers } = await runForHead(shared, { scheme: "http" });
    assert.deepEqual(headers[0], ["Set-Cookie", "a=1; Path=/; HttpOnly; SameSite=Lax"]);
  });
});
