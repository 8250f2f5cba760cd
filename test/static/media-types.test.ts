import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { mediaType } from "../../src/static/media-types.ts";

describe("mediaType()", () => {
  for (const [path, type] of [
    ["index.html", "text/html; charset=utf-8"],
    ["a/b/app.js", "text/javascript; charset=utf-8"],
    ["app.MJS", "text/javascript; charset=utf-8"],
    ["data.json", "application/json"],
    ["logo.svg", "image/svg+xml"],
    ["font.woff2", "font/woff2"],
    ["archive.tar.gz", "application/gzip"],
    ["module.wasm", "application/wasm"],
    ["README", "application/octet-stream"],
    [".html", "application/octet-stream"],
    ["a/.html", "application/octet-stream"],
    ["a.b/c", "application/octet-stream"],
    ["x.constructor", "application/octet-stream"],
    ["x.", "application/octet-stream"],
  ] as const) {
    test(`says ${type} of ${path}`, () => {
      assert.equal(mediaType(path), type);
    });
  }

  test("asks what it is given before its table", () => {
    const more = { ".js": "text/plain", ".glsl": "text/plain; charset=utf-8" };
    assert.equal(mediaType("x.js", more), "text/plain");
    assert.equal(mediaType("x.glsl", more), "text/plain; charset=utf-8");
    assert.equal(mediaType("x.css", more), "text/css; charset=utf-8");
  });
});
