/** RFC 9110 §12, row by row. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  preferredEncoding,
  preferredLanguage,
  preferredType,
} from "../../src/messages/negotiation.ts";

type Row = readonly [field: string | undefined, offered: string, preferred: string | undefined];

function rows(
  preferred: (field: string | undefined, offered: readonly string[]) => string | undefined,
  table: readonly Row[],
): void {
  for (const [field, offered, expected] of table) {
    test(`${JSON.stringify(field)} of ${offered}: ${expected ?? "none"}`, () => {
      assert.equal(preferred(field, offered.split(" ")), expected);
    });
  }
}

describe("preferredType()", () => {
  rows(preferredType, [
    [undefined, "text/html application/json", "text/html"],
    ["*/*", "text/html application/json", "text/html"],
    ["application/json", "text/html application/json", "application/json"],
    ["APPLICATION/JSON", "text/html application/json", "application/json"],
    ["text/*, application/json;q=0.9", "application/json text/html", "text/html"],
    ["text/html;q=0.5, application/json", "text/html application/json", "application/json"],
    ["text/html;q=0, */*", "text/html application/json", "application/json"],
    ["image/png", "text/html application/json", undefined],
    ["text/html;q=0", "text/html", undefined],
    ["text/html;q=2", "text/html", undefined],
    ["text/html;q=x, */*;q=0.1", "text/html text/css", "text/css"],
    // RFC 9110 §12.5.1: the most specific range counts.
    [
      "text/*;q=0.3, text/plain;q=0.7, text/plain;format=flowed, */*;q=0.5",
      "text/plain;format=flowed",
      "text/plain;format=flowed",
    ],
    ["text/plain;format=flowed", "text/plain", undefined],
    [
      "text/plain;format=flowed;q=0.1, text/plain",
      "text/plain;format=flowed text/plain",
      "text/plain",
    ],
    ['text/html;a="x,y", text/css', 'text/html;a="x,y"', 'text/html;a="x,y"'],
    [
      "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
      "application/json text/html",
      "text/html",
    ],
    ["", "text/html", undefined],
    [",,", "text/html", undefined],
    ["text", "text/html", undefined],
    ['text/html;a="', "text/html", undefined],
  ]);
});

describe("preferredLanguage()", () => {
  rows(preferredLanguage, [
    [undefined, "en de", "en"],
    ["de", "en de", "de"],
    ["da, en-gb;q=0.8, en;q=0.7", "en-US en-GB", "en-GB"],
    ["en", "de en-GB", "en-GB"],
    ["de-CH", "en de", "de"],
    ["de-CH, en;q=0.5", "en de", "de"],
    ["de-CH;q=0.1, en;q=0.5", "de en", "en"],
    ["de-CH, de;q=0, en;q=0", "en de", undefined],
    ["DE", "de", "de"],
    ["e", "en", undefined],
    ["*", "fr", "fr"],
    ["en, *;q=0.1", "fr en", "en"],
    ["zh-Hant", "zh-Hant-TW", "zh-Hant-TW"],
    ["fr", "en de", undefined],
  ]);
});

describe("preferredEncoding()", () => {
  rows(preferredEncoding, [
    [undefined, "identity br", "identity"],
    ["br, gzip", "gzip br identity", "gzip"],
    ["br;q=0.9, gzip", "br gzip identity", "gzip"],
    ["x-gzip", "gzip identity", "gzip"],
    ["br", "gzip identity", "identity"],
    ["br", "gzip", undefined],
    ["", "gzip identity", "identity"],
    ["identity;q=0", "identity", undefined],
    ["*;q=0", "identity gzip", undefined],
    ["identity;q=0.5, gzip;q=0.1", "gzip identity", "identity"],
  ]);
});
