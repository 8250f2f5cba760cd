/** Errors and the responses that stand for them. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { errorResponse, retryAfterOf, statusFor } from "../../src/gateway/error-response.ts";

test("an error's hint is its status, and 500 is that of all others", () => {
  assert.equal(statusFor(Object.assign(new Error("busy"), { statusHint: 503 })), 503);
  assert.equal(statusFor(Object.assign(new Error("odd"), { statusHint: "503" })), 500);
  for (const error of [new Error("no hint"), "text", undefined, null, { statusHint: 400 }]) {
    assert.equal(statusFor(error), 500);
  }
});

test("a response says its status in plain text, and no more", () => {
  const { head, body } = errorResponse(413);
  assert.equal(body.toString(), `${head.status}\n`);
  assert.match(head.status, /^413 /);
  assert.deepEqual(head.headers, [["Content-Type", "text/plain; charset=utf-8"]]);
});

test("an overload says when to come again", () => {
  assert.deepEqual(errorResponse(503).head.headers.at(-1), ["Retry-After", "1"]);
  const busy = Object.assign(new Error("busy"), { retryAfter: 7 });
  assert.deepEqual(errorResponse(503, retryAfterOf(busy)).head.headers.at(-1), [
    "Retry-After",
    "7",
  ]);
  assert.equal(retryAfterOf(new Error("no hint")), undefined);
});
