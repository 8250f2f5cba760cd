import assert from "node:assert/strict";
import { test } from "node:test";
import { imfFixdate } from "../../src/http/date.ts";

test("a time is written as IMF-fixdate", () => {
  assert.equal(imfFixdate(Date.UTC(1994, 10, 6, 8, 49, 37, 999)), "Sun, 06 Nov 1994 08:49:37 GMT");
});
