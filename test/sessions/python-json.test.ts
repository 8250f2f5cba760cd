/** JSON as Python has it: numbers of any size, and what is refused. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { pythonJson } from "../../src/sessions/python-json.ts";

describe("reading", () => {
  for (const [text, value] of [
    ["9007199254740991", 9007199254740991],
    ["9007199254740992", 9007199254740992n],
    ["[-9007199254740993,1]", [-9007199254740993n, 1]],
    [
      '{"a":1234567890123456789012345678901234567890}',
      { a: 1234567890123456789012345678901234567890n },
    ],
    ["1234567890123456.5", 1234567890123456.5],
    ["1e400", Number.POSITIVE_INFINITY],
    ["[NaN,Infinity,-Infinity]", [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]],
    ['["NaN","\\"Infinity","9007199254740993"]', ["NaN", '"Infinity', "9007199254740993"]],
    ['{"Infinity":9007199254740993}', { Infinity: 9007199254740993n }],
    ['"\\ud800"', "\ud800"],
  ] as const) {
    test(`${text} keeps its value`, () => {
      assert.deepEqual(pythonJson.loads(text), value);
    });
  }

  for (const [what, text, message] of [
    ["no JSON", "{", /no JSON/],
    ["NaN within a word", "NaNa", /no JSON/],
    ["a number of more digits than Python reads", "1".repeat(4301), /4301 digits/],
    [
      "what is nested too deeply",
      "[".repeat(60_000) + "]".repeat(60_000),
      /nested deeper than 200/,
    ],
    ["__proto__", '{"a":{"__proto__":{"isAdmin":true}}}', /__proto__/],
    ["__proto__ by escapes", '{"\\u005f_proto__":{}}', /__proto__/],
    ["a constructor's prototype", '{"constructor":{"prototype":{"isAdmin":true}}}', /constructor/],
  ] as const) {
    test(`refuses ${what}`, () => {
      assert.throws(() => pythonJson.loads(text), { name: "BadPayloadError", message });
    });
  }

  test("takes a key named constructor that has no prototype", () => {
    assert.deepEqual(pythonJson.loads('{"constructor":"Ada"}'), { constructor: "Ada" });
  });
});

describe("writing", () => {
  for (const [value, text] of [
    [2n ** 64n, "18446744073709551616"],
    [2 ** 60, "1.152921504606847e+18"],
    [-0, "-0.0"],
    [Number.NaN, "NaN"],
    ["é\u{1f600}\x7f", '"\\u00e9\\ud83d\\ude00\\u007f"'],
    [{ a: undefined, b: null }, '{"b":null}'],
    [Object.create(null), "{}"],
  ] as const) {
    test(`${text} is what Python reads as the same`, () => {
      assert.equal(pythonJson.dumps(value), text);
      assert.ok(/^[\x20-\x7e]*$/.test(text));
    });
  }

  const circle: unknown[] = [];
  circle.push(circle);
  for (const [value, message] of [
    [{ user: { since: new Date(0) } }, /^user\.since is a Date, .* store text or numbers$/],
    [{ list: [1, new Map()] }, /^list\.1 is a Map/],
    [{ list: [undefined] }, /^list\.0 is of type undefined/],
    [() => 1, /^the value is of type function/],
    [circle, /nested deeper than 200 levels, or holds itself/],
    [JSON.parse('{"__proto__":1}'), /__proto__ has a key that would be refused/],
  ] as const) {
    test(`names what it cannot write: ${String(message)}`, () => {
      assert.throws(() => pythonJson.dumps(value), { name: "UnstorableValueError", message });
    });
  }
});
