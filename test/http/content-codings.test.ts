/** Accept-Encoding (RFC 9110 §12.5.3) against the codings there are. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { preferredCoding } from "../../src/http/content-codings.ts";

describe("preferredCoding()", () => {
  for (const [field, coding] of [
    [undefined, undefined],
    ["", undefined],
    ["gzip", "gzip"],
    ["x-gzip", "gzip"],
    ["GZip", "gzip"],
    ["gzip, deflate, br, zstd", "br"],
    ["compress, gzip", "gzip"],
    ["compress;q=0.5, gzip;q=1.0", "gzip"],
    ["gzip;q=1.0, identity; q=0.5, *;q=0", "gzip"],
    ["br;q=0.5, gzip;q=0.8", "gzip"],
    ["br;q=0, gzip", "gzip"],
    ["gzip;q=0.5, identity", undefined],
    ["gzip, identity", "gzip"],
    ["*", "br"],
    ["*;q=0", undefined],
    ["br;q=0, *", "zstd"],
    ["deflate", undefined],
    ["gzip;q=0", undefined],
    ["gzip;q=0.000", undefined],
    ["gzip;q=2", undefined],
    ["gzip;level=9", undefined],
    [" gzip\t;\tq=0.1 ", "gzip"],
  ] as const) {
    test(`answers ${JSON.stringify(field)} with ${coding ?? "none"}`, () => {
      for (const round of ["read", "remembered"]) {
        assert.equal(preferredCoding(field, ["br", "zstd", "gzip"]), coding, round);
      }
    });
  }

  test("chooses among what there is", () => {
    assert.equal(preferredCoding("gzip, deflate, br", ["gzip"]), "gzip");
    assert.equal(preferredCoding("br", ["gzip"]), undefined);
    assert.equal(preferredCoding("gzip", []), undefined);
  });
});
