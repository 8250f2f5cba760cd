/** The page and the JSON of a listing, of entries that few file systems have. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { jsonParts, type ListingView, pageParts } from "../../src/static/listing-page.ts";

test("a time that no calendar has spoils no listing", () => {
  const order = { by: "name", isDescending: false } as const;
  const file = { name: "a", href: "./a", isDirectory: false, size: 1, key: "a" };
  const entries = [8.7e15, -8.7e15].map((modified) => ({ ...file, modified }));
  const view: ListingView = { path: "/", depth: 0, order, entries };
  assert.match([...jsonParts(view)].join(""), /"modified":"9999-12-31T.*\n.*"0000-01-01T/);
  assert.match([...pageParts(view)].join(""), />9999-12-31 23:59<.*\n.*>0000-01-01 00:00</);
});
