/** Range fields: the examples of RFC 9110 §14.1.2, and what no example shows. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { byteRanges, contentRange, multipartRanges } from "../../src/static/byte-ranges.ts";

const SIZE = 10_000;

describe("byteRanges()", () => {
  for (const [field, wanted] of [
    ["bytes=0-499", [[0, 500]]],
    ["bytes=500-999", [[500, 1000]]],
    ["bytes=-500", [[9500, 10_000]]],
    ["bytes=9500-", [[9500, 10_000]]],
    [
      "bytes=0-0,-1",
      [
        [0, 1],
        [9999, 10_000],
      ],
    ],
    [
      "bytes= 0-999, 4500-5499, -1000",
      [
        [0, 1000],
        [4500, 5500],
        [9000, 10_000],
      ],
    ],
    ["BYTES=0-0", [[0, 1]]],
    ["bytes=0-99999", [[0, 10_000]]],
    ["bytes=-99999", [[0, 10_000]]],
    ["bytes=,0-0,,", [[0, 1]]],
    ["bytes=0-0,20000-", [[0, 1]]],
    [`bytes=0-${"9".repeat(400)}`, [[0, 10_000]]],
  ] as const) {
    test(`reads ${field.slice(0, 40)}`, () => {
      const ranges = wanted.map(([start, end]) => ({ start, end }));
      assert.deepEqual(byteRanges(field, SIZE), ranges);
    });
  }

  for (const field of ["bytes=10000-", "bytes=10000-10001", "bytes=-0", "bytes=20000-,30000-"]) {
    test(`finds nothing for ${field}`, () => {
      assert.equal(byteRanges(field, SIZE), "unsatisfiable");
    });
  }

  for (const [field, why] of [
    ["lines=0-1", "another unit"],
    ["bytes", "no set"],
    ["bytes=", "an empty set"],
    ["bytes=a-b", "no numbers"],
    ["bytes=2-1", "an end before its start"],
    ["bytes=0-0,x", "one bad range among good ones"],
    ["bytes=-", "neither end"],
    ["bytes=+1-2", "a sign"],
    ["bytes=0-,0-", "more than there is"],
    [`bytes=${Array.from({ length: 33 }, (_, at) => `${at * 2}-${at * 2}`).join()}`, "too many"],
  ] as const) {
    test(`leaves a field alone with ${why}`, () => {
      assert.equal(byteRanges(field, SIZE), undefined);
    });
  }

  test("has nothing to choose from in an empty file", () => {
    assert.equal(byteRanges("bytes=-5", 0), undefined);
    assert.equal(byteRanges("bytes=0-", 0), undefined);
  });
});

test("Content-Range counts from zero and includes the last byte", () => {
  assert.equal(contentRange({ start: 42, end: 1234 }, SIZE), "bytes 42-1233/10000");
});

test("a multipart body is that of RFC 9110 §14.6, and as long as it says", () => {
  const ranges = [
    { start: 500, end: 1000 },
    { start: 7000, end: 8000 },
  ];
  const about = { mediaType: "application/pdf", size: 8000 };
  const { mediaType, parts, length } = multipartRanges(ranges, about, "THIS_STRING_SEPARATES");
  assert.equal(mediaType, "multipart/byteranges; boundary=THIS_STRING_SEPARATES");
  const text = parts
    .map((part) => (Buffer.isBuffer(part) ? part.toString() : `(${part.start} to ${part.end})`))
    .join("");
  assert.equal(
    text,
    [
      "--THIS_STRING_SEPARATES",
      "Content-Type: application/pdf",
      "Content-Range: bytes 500-999/8000",
      "",
      "(500 to 1000)",
      "--THIS_STRING_SEPARATES",
      "Content-Type: application/pdf",
      "Content-Range: bytes 7000-7999/8000",
      "",
      "(7000 to 8000)",
      "--THIS_STRING_SEPARATES--",
      "",
    ].join("\r\n"),
  );
  const places = "(500 to 1000)".length + "(7000 to 8000)".length;
  assert.equal(length, text.length - places + 1500);
});
