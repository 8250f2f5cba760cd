/** RFC 9110 §5.6.7: one form to write, three to read. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { httpDate, imfFixdate } from "../../src/http/date.ts";

const EXAMPLE = Date.UTC(1994, 10, 6, 8, 49, 37);
const NOW = Date.UTC(2026, 10, 21);

test("a time is written as IMF-fixdate", () => {
  assert.equal(imfFixdate(EXAMPLE + 999), "Sun, 06 Nov 1994 08:49:37 GMT");
});

describe("httpDate()", () => {
  for (const text of [
    "Sun, 06 Nov 1994 08:49:37 GMT",
    "Sunday, 06-Nov-94 08:49:37 GMT",
    "Sun Nov  6 08:49:37 1994",
  ]) {
    test(`reads ${text}`, () => {
      assert.equal(httpDate(text, NOW), EXAMPLE);
    });
  }

  test("takes a year of two digits for one that is at most 50 years ahead", () => {
    const year = (digits: string): number =>
      new Date(httpDate(`Sunday, 06-Nov-${digits} 08:49:37 GMT`, NOW) ?? 0).getUTCFullYear();
    assert.deepEqual(["26", "76", "77", "99", "00"].map(year), [2026, 2076, 1977, 1999, 2000]);
  });

  for (const text of [
    "",
    "0",
    "1994-11-06T08:49:37Z",
    "Sun, 6 Nov 1994 08:49:37 GMT",
    "Sun, 06 Nov 1994 08:49:37 UTC",
    "Sun, 06 Nov 1994 08:49:37 +0000",
    "Sun, 06 Nov 1994 24:49:37 GMT",
    "Sun, 32 Nov 1994 08:49:37 GMT",
    "Sun, 00 Nov 1994 08:49:37 GMT",
    "Sun, 06 anF 1994 08:49:37 GMT",
    "Sun, 06 Nov 1994 08:49:37 GMT ",
  ]) {
    test(`does not guess at ${JSON.stringify(text)}`, () => {
      assert.equal(httpDate(text, NOW), undefined);
    });
  }
});

test("a year that has not four digits, as some file systems know, is the nearest that has", () => {
  assert.equal(imfFixdate(8.7e15), "Fri, 31 Dec 9999 23:59:59 GMT");
  assert.equal(imfFixdate(-8.7e15), "Sat, 01 Jan 0000 00:00:00 GMT");
});
