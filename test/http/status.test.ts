import assert from "node:assert/strict";
import { test } from "node:test";
import { STATUS } from "../../src/http/abnf.ts";
import { statusLine } from "../../src/http/status.ts";

test("every status line is one that start_response takes", () => {
  for (let code = 100; code < 600; code += 1) assert.match(statusLine(code), STATUS);
});

test("what the core answers with has its own reason", () => {
  for (const code of [400, 408, 413, 414, 417, 431, 501, 503, 505]) {
    assert.doesNotMatch(statusLine(code), /Unknown/);
  }
  assert.equal(statusLine(404), "404 Not Found");
});
