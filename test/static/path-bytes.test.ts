/** Names that are no UTF-8, as text and back. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { pathText, systemPath } from "../../src/static/path-bytes.ts";

/** The bytes that a path stands for. */
function bytesOf(path: string): Buffer {
  const asked = systemPath(path);
  return typeof asked === "string" ? Buffer.from(asked) : asked;
}

describe("a native string's text", () => {
  for (const [native, text] of [
    ["/a.txt", "/a.txt"],
    ["/caf\xc3\xa9", "/caf\u00e9"],
    ["/caf\xe9.txt", "/caf\udce9.txt"],
    ["/\xff\xc3\xa9\xf0\x9f\x92\x80\xf0\x9f", "/\udcff\u00e9\u{1f480}\udcf0\udc9f"],
    ["/\xed\xb2\x80", "/\udced\udcb2\udc80"],
    ["/\xe0\x80\xaf", "/\udce0\udc80\udcaf"],
    ["/\xf8\x88\x80\x80\xaf", "/\udcf8\udc88\udc80\udc80\udcaf"],
  ] as const) {
    test(`of ${JSON.stringify(native)} stands for the same bytes`, () => {
      assert.equal(pathText(native, "linux"), text);
      assert.ok(bytesOf(text).equals(Buffer.from(native, "latin1")));
    });
  }

  test("is none where a decoder could read dots or slashes, or where names are characters", () => {
    assert.equal(pathText("/\xc0\xae\xc0\xae/a", "linux"), undefined);
    assert.equal(pathText("/\xff", "darwin"), undefined);
    assert.equal(pathText("/\xff", "win32"), undefined);
  });
});

test("text of any bytes stands for those bytes", () => {
  const every = Array.from({ length: 256 }, (_, byte) => String.fromCharCode(byte));
  for (const one of every.slice(0x80)) {
    for (const other of every) {
      const native = `${one}${other}`;
      const text = pathText(native, "linux");
      if (text === undefined) assert.match(native, /[\xc0\xc1]/);
      else assert.ok(bytesOf(text).equals(Buffer.from(native, "latin1")), JSON.stringify(native));
    }
  }
});
