/** The report of a probe as a person reads it, on pages of several widths. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { ProbeReportText } from "../../src/probe/probe-report-text.ts";
import { fail, type Row } from "../../src/probe/row.ts";

const ROW: Row = {
  name: "repeated-cookies",
  title: "repeated Cookie fields are joined as cookies are",
  group: "environ",
  level: "SHOULD",
  source: "RFC 6265",
  judge: () => Promise.resolve(fail("never asked")),
};

function lines(width: number, name: string): string[] {
  const text = new ProbeReportText({ width, isColoured: false });
  return text.row({ row: { ...ROW, name }, ...fail('"a=1, b=2"') }).split("\n");
}

test("what was seen stands beside the name, and the rule below it", () => {
  assert.deepEqual(lines(100, ROW.name), [
    "",
    "environ",
    '✗ repeated-cookies            "a=1, b=2"',
    "                              SHOULD: repeated Cookie fields are joined as cookies are (RFC 6265)",
    "",
  ]);
});

test("a long name keeps all that stands beside it", () => {
  const [, , line] = lines(100, "hidden-by-length-with-space-before-colon");
  assert.equal(line, '✗ hidden-by-length-with-space-before-colon  "a=1, b=2"');
});

test("on a narrow page what was seen stands below the name", () => {
  assert.deepEqual(lines(44, ROW.name), [
    "",
    "environ",
    "✗ repeated-cookies",
    '    "a=1, b=2"',
    "    SHOULD: repeated Cookie fields are",
    "    joined as cookies are (RFC 6265)",
    "",
  ]);
});
