import assert from "node:assert/strict";
import { test } from "node:test";
import { traceContextOf } from "../../src/log/trace-context.ts";

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const SPAN = "00f067aa0ba902b7";
const KNOWN = { trace_id: TRACE, span_id: SPAN, trace_flags: "01" };

test("a valid traceparent says trace, span and flags", () => {
  assert.deepEqual(traceContextOf(`00-${TRACE}-${SPAN}-01`), KNOWN);
  assert.deepEqual(traceContextOf(`00-${TRACE}-${SPAN}-f3`), { ...KNOWN, trace_flags: "f3" });
});

test("a version to come may be longer", () => {
  for (const more of ["", "-", "-what-comes"]) {
    assert.deepEqual(traceContextOf(`cc-${TRACE}-${SPAN}-01${more}`), KNOWN, more);
  }
});

test("what is not valid says nothing", () => {
  const invalid = [
    undefined,
    "",
    `ff-${TRACE}-${SPAN}-01`,
    `0-${TRACE}-${SPAN}-01`,
    `00-${"0".repeat(32)}-${SPAN}-01`,
    `00-${TRACE}-${"0".repeat(16)}-01`,
    `00-${TRACE.slice(1)}-${SPAN}-01`,
    `00-${TRACE}-${SPAN}1-01`,
    `00-${TRACE.toUpperCase()}-${SPAN}-01`,
    `00-${TRACE}-${SPAN}-1`,
    `00-${TRACE}-${SPAN}-01-more`,
    `01-${TRACE}-${SPAN}-01more`,
    ` 00-${TRACE}-${SPAN}-01`,
    `00-${TRACE}-${SPAN}-01\n`,
    // Two fields, joined.
    `00-${TRACE}-${SPAN}-01, 00-${TRACE}-${SPAN}-01`,
    `01-${TRACE}-${SPAN}-01-, 00-${TRACE}-${SPAN}-01`,
  ];
  for (const text of invalid) assert.equal(traceContextOf(text), undefined, text);
});
