import assert from "node:assert/strict";
import { test } from "node:test";
import { ReceiveBuffer } from "../../src/http/receive-buffer.ts";

test("a line is found wherever it was cut", () => {
  const bytes = Buffer.from("one\r\ntwo\r\nthr");
  for (let cut = 0; cut <= bytes.length; cut += 1) {
    const buffer = new ReceiveBuffer();
    const lines: string[] = [];
    for (const piece of [bytes.subarray(0, cut), bytes.subarray(cut)]) {
      buffer.append(piece);
      for (let line = buffer.takeLine(); line !== undefined; line = buffer.takeLine())
        lines.push(line);
    }
    assert.deepEqual(lines, ["one\r\n", "two\r\n"]);
    assert.equal(buffer.peekText(0, 99), "thr");
  }
});

test("what is peeked at stays", () => {
  const buffer = new ReceiveBuffer();
  buffer.append(Buffer.from("abcdef"));
  assert.equal(buffer.peekText(2, 3), "cde");
  assert.equal(buffer.peekText(9, 3), "");
  assert.equal(buffer.length, 6);
  assert.equal(buffer.first, "a".charCodeAt(0));
});

test("bytes that were taken are not overwritten by later ones", () => {
  const buffer = new ReceiveBuffer();
  buffer.append(Buffer.from("ab"));
  buffer.append(Buffer.from("cd"));
  const taken = buffer.takeBytes(3);
  for (let count = 0; count < 1000; count += 1) buffer.append(Buffer.from("xxxx"));
  assert.equal(taken.toString(), "abc");
});

test("the bytes of the one who gave them are never written to", () => {
  const given = Buffer.from("abcdef");
  const buffer = new ReceiveBuffer();
  buffer.append(given.subarray(0, 3));
  buffer.append(Buffer.from("XYZ"));
  assert.equal(given.toString(), "abcdef");
  assert.equal(buffer.takeBytes(9).toString(), "abcXYZ");
});

test("any Uint8Array may be given", () => {
  const buffer = new ReceiveBuffer();
  buffer.append(new Uint8Array([0x61, 0x0a]));
  assert.equal(buffer.takeLine(), "a\n");
});

test("an empty buffer has no first byte and gives nothing", () => {
  const buffer = new ReceiveBuffer();
  buffer.append(Buffer.alloc(0));
  buffer.skip(5);
  assert.equal(buffer.first, -1);
  assert.equal(buffer.length, 0);
  assert.equal(buffer.takeBytes(5).length, 0);
});
