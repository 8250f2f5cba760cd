import assert from "node:assert/strict";
import { test } from "node:test";
import { isLogged } from "../../src/log/levels.ts";

test("a level lets itself and what is more serious through", () => {
  assert.equal(isLogged("debug", "info"), false);
  assert.equal(isLogged("info", "info"), true);
  assert.equal(isLogged("critical", "error"), true);
  assert.equal(isLogged("warning", "critical"), false);
});
