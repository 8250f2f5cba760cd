/** The page and the JSON of a listing, of entries that few file systems have. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { jsonParts, type ListingView, pageParts } from "../../src/static/listing-page.ts";

function pageOf(names: readonly string[], path = "/"): string {
  const entries = names.map((name) => ({
    ...{ name, href: "./x", isDirectory: false, size: 1, modified: 0, key: name },
  }));
  const order = { by: "name", isDescending: false } as const;
  return [...pageParts({ path, depth: 0, order, entries })].join("");
}

test("a name turns no text round, and breaks no line", () => {
  const page = pageOf(["rlo\u202efdp.exe", "a\u2028b\u0085c\u2066d"], "/\u05d0\u05d1\u202e/");
  assert.match(page, /<bdi>rlo\ufffdfdp\.exe<\/bdi>/);
  assert.match(page, /<bdi>a\ufffdb\ufffdc\ufffdd<\/bdi>/);
  assert.match(page, /<h1>\/<bdi>\u05d0\u05d1\ufffd<\/bdi>\/<\/h1>/);
});

test("an empty directory is said to be empty", () => {
  assert.match(pageOf([]), /<p>Nothing is in this directory<\/p>/);
  assert.match(pageOf(["a"]), /<p>1 file, 1 B<\/p>/);
});

test("a time that no calendar has spoils no listing", () => {
  const order = { by: "name", isDescending: false } as const;
  const file = { name: "a", href: "./a", isDirectory: false, size: 1, key: "a" };
  const entries = [8.7e15, -8.7e15].map((modified) => ({ ...file, modified }));
  const view: ListingView = { path: "/", depth: 0, order, entries };
  assert.match([...jsonParts(view)].join(""), /"modified":"9999-12-31T.*\n.*"0000-01-01T/);
  assert.match([...pageParts(view)].join(""), />9999-12-31 23:59<.*\n.*>0000-01-01 00:00</);
});
