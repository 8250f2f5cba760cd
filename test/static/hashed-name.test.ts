/** Which names hold a hash, and so never another content. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { isHashedName } from "../../src/static/hashed-name.ts";

describe("isHashedName()", () => {
  for (const name of [
    "css/base.27e20196a850.css",
    "admin/js/core.7a8c5f6b1d2e.js",
    "app.3f2a9c1d.js",
    "app-3f2a9c1d.js",
    "app.3f2a9c1d.js.map",
    "main.0f4ce1a6cfd2c4b0a5f8.chunk",
    "logo-908fd2fc5a0a4d9b3bd7b5f6b7b9e0b8d1a0f3c2e4d6f8a0b2c4d6e8f0a1b3c5.svg",
  ]) {
    test(`takes ${name}`, () => assert.ok(isHashedName(name)));
  }

  for (const [name, why] of [
    ["index.html", "has none"],
    ["3f2a9c1d.js", "is nothing else"],
    ["photo-20260101.jpg", "is a date"],
    ["backup.202611210405.txt", "is a time"],
    ["cafe-defaced.html", "is a word"],
    ["iphone-12ProMax.jpg", "is a word with digits"],
    ["index-BXc3dE4f.js", "may be a word, for all that can be told"],
    ["v1.2.3e4f.js", "is too short"],
    ["app.3f2a9c1d/index.html", "is a directory's"],
  ] as const) {
    test(`does not take ${name}: it ${why}`, () => assert.equal(isHashedName(name), false));
  }
});
