/** Flask's tags; that Flask reads them so is shown in both-directions.test.ts. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Markup, taggedJson, Uuid } from "../../src/sessions/tagged-json.ts";

describe("a value that JSON does not have", () => {
  for (const [value, text] of [
    [Object.freeze([1, "a"]), '{" t":[1,"a"]}'],
    [[1, Object.freeze([])], '[1,{" t":[]}]'],
    [Uint8Array.of(0, 255), '{" b":"AP8="}'],
    [new Markup("<b>"), '{" m":"<b>"}'],
    [new Uuid("0123456789ABCDEF0123456789ABCDEF"), '{" u":"0123456789abcdef0123456789abcdef"}'],
    [new Date(784_111_777_000), '{" d":"Sun, 06 Nov 1994 08:49:37 GMT"}'],
    [{ " t": 1 }, '{" di":{" t__":1}}'],
    [{ " di": { " di": [] } }, '{" di":{" di__":{" di":{" di__":[]}}}}'],
    [{ " t": 1, b: 2 }, '{" t":1,"b":2}'],
  ] as const) {
    test(`is ${text}`, () => {
      assert.equal(taggedJson.dumps(value), text);
      assert.deepEqual(taggedJson.loads(text), value);
    });
  }

  test("is a tuple when it is read, which is a frozen array", () => {
    assert.ok(Object.isFrozen(taggedJson.loads('{" t":[]}')));
    assert.ok(!Object.isFrozen(taggedJson.loads("[]")));
  });

  test("of bytes is read as bytes in memory of their own", () => {
    const bytes = taggedJson.loads('{" b":"AP8="}');
    assert.ok(bytes instanceof Uint8Array);
    assert.equal(bytes.buffer.byteLength, 2);
  });

  for (const text of [
    '{" t":1}',
    '{" b":1}',
    '{" u":"no"}',
    '{" d":"no"}',
    '{" m":[]}',
    '{" di":1}',
  ]) {
    test(`is refused where its tag lies: ${text}`, () => {
      assert.throws(() => taggedJson.loads(text), { name: "BadPayloadError" });
    });
  }

  for (const date of [new Date(Number.NaN), new Date(253_402_300_800_000)]) {
    test(`is refused where Python has no such date: ${date.getTime()}`, () => {
      assert.throws(() => taggedJson.dumps([date]), { name: "UnstorableValueError" });
    });
  }
});

test("a UUID is shown with hyphens, and is 32 digits", () => {
  assert.equal(
    String(new Uuid("0123456789abcdef0123456789ABCDEF")),
    "01234567-89ab-cdef-0123-456789abcdef",
  );
  assert.throws(() => new Uuid("0123"), TypeError);
});
