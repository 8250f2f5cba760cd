import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { isCompressible } from "../../src/http/compressible.ts";

describe("isCompressible()", () => {
  for (const [type, isSo] of [
    ["text/html; charset=utf-8", true],
    ["TEXT/CSS", true],
    ["text/event-stream", true],
    ["application/json", true],
    ["application/problem+json; x=y", true],
    ["image/svg+xml", true],
    ["application/wasm", true],
    ["font/ttf", true],
    ["font/woff2", false],
    ["image/png", false],
    ["application/zip", false],
    ["application/octet-stream", false],
    ["application/pdf", false],
    ["", false],
    ["json", false],
  ] as const) {
    test(`says ${isSo} of ${JSON.stringify(type)}`, () => {
      assert.equal(isCompressible(type), isSo);
    });
  }
});
