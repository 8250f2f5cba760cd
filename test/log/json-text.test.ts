import assert from "node:assert/strict";
import { test } from "node:test";
import { jsonText, textOfNative } from "../../src/log/json-text.ts";

const HOSTILE = [
  ...Array.from({ length: 0x300 }, (_, code) => String.fromCharCode(code)),
  ...["\u2028", "\u2029", "\u202e", "\u200d", "\ufeff", "\u{e0001}", "\u{1f600}"],
  ...['"}\n{"forged":1}', "\\", '\\"', "\\ud800", "\\\\ud800 ", "\r\n[2026-11-21 "],
];

test("whatever is in it, a line is one line of JSON that says the same", () => {
  for (const text of HOSTILE.flatMap((one) => [one, `a${one}b`, one.repeat(3)])) {
    const line = jsonText({ text, list: [text], [text]: 1 });
    assert.doesNotMatch(line, /[\x00-\x1f\x7f-\x9f\u2028\u2029\p{Cf}]/u);
    assert.deepEqual(JSON.parse(line), { text, list: [text], [text]: 1 });
  }
});

test("half a surrogate pair becomes the character for what is none, since readers refuse its escape", () => {
  assert.equal(
    jsonText({ a: "x\ud800", b: "\udc00\ud800y" }),
    '{"a":"x\ufffd","b":"\ufffd\ufffdy"}',
  );
  assert.equal(Buffer.from(jsonText({ a: "\ud83d\ude00" })).toString(), '{"a":"😀"}');
});

test("what is undefined is left out", () => {
  assert.equal(jsonText({ a: undefined, b: 0 }), '{"b":0}');
});

test("a native string is the text its bytes are in UTF-8, or stays as it is", () => {
  assert.equal(textOfNative("caf\xc3\xa9"), "café");
  assert.equal(textOfNative("caf\xe9"), "café");
  assert.equal(textOfNative("€ \xc3\xa9"), "€ \xc3\xa9");
  assert.equal(textOfNative("a"), "a");
});
