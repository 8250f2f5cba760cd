import assert from "node:assert/strict";
import { test } from "node:test";
import { STATUS } from "../../src/http/abnf.ts";
import { statusLine } from "../../src/http/status.ts";

test("every status line is one that start_response takes", () => {
  for (let code = 100; code < 600; code += 1) assert.match(statusLine(code), STATUS);
});

test("what RFC 9110 and its extensions name has its own reason", () => {
  for (const code of [201, 206, 303, 400, 401, 408, 412, 422, 428, 431, 451, 501, 503, 511]) {
    assert.doesNotMatch(statusLine(code), /Unknown/);
  }
  assert.equal(statusLine(404), "404 Not Found");
});
