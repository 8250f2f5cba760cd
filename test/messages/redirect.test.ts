import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { RedirectError, redirect } from "../../src/messages/redirect.ts";

describe("redirect()", () => {
  for (const [target, location] of [
    ["/notes/1", "/notes/1"],
    ["?page=2", "?page=2"],
    ["../up", "../up"],
    ["#top", "#top"],
    ["", ""],
    ["/a b/é\u{1f600}", "/a%20b/%C3%A9%F0%9F%98%80"],
    ["/100%", "/100%"],
    [" //here", "%20//here"],
    ["/\ud800", "/%EF%BF%BD"],
  ] as const) {
    test(`keeps ${JSON.stringify(target)} what it is`, () => {
      const response = redirect(target);
      assert.equal(response.status, 303);
      assert.equal(response.header("Location"), location);
    });
  }

  for (const target of [
    "https://evil.example/",
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "https:/evil.example",
    "https:evil.example",
    "http:/evil.example",
    "http:evil.example",
    "http://here.invalid/",
    "javascript:alert(1)",
    "http://here.invalid:81/",
    "http://user@here.invalid/",
    "http://[",
    new URL("https://evil.example/"),
  ]) {
    test(`leads to another host only if that is said: ${target}`, () => {
      assert.throws(
        () => redirect(target),
        (error) => error instanceof RedirectError && error.response().status === 400,
      );
      assert.ok(redirect(target, { external: true }).header("Location"));
    });
  }

  for (const target of ["/a\r\nSet-Cookie: a=1", "/\t/evil.example", "/a\0"]) {
    test(`refuses the control character in ${JSON.stringify(target)}`, () => {
      assert.throws(() => redirect(target, { external: true }), RedirectError);
    });
  }

  test("keeps the status and the fields that it is given", () => {
    const response = redirect("/x", { status: 308, headers: { "Cache-Control": "no-store" } });
    assert.equal(response.status, 308);
    assert.equal(response.header("Cache-Control"), "no-store");
  });
});
