/** How wide reports for people are. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { pageOf } from "../../src/cli/page.ts";

test("a page is as wide as its terminal, up to 100 columns", () => {
  const widths = [40, 200].map((columns) => pageOf({ columns, isTTY: true }).width);
  assert.deepEqual(widths, [40, 100]);
});

test("a page of a terminal that does not know its width has 100 columns", () => {
  assert.equal(pageOf({ columns: 0, isTTY: true }).width, 100);
});
