/** wsgi.input over bytes that are all there. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { BytesInput, readBytes } from "../../src/wsgi/bytes-input.ts";

const input = (text = "one\ntwo\nthree"): BytesInput => new BytesInput(Buffer.from(text));
const texts = (parts: readonly Uint8Array[]): string[] =>
  parts.map((part) => Buffer.from(part).toString());

test("gives parts of the wanted size, the rest, and then nothing", async () => {
  const bytes = input();
  const parts = [await bytes.read(2), await bytes.read(), await bytes.read(), await bytes.read(3)];
  assert.deepEqual(texts(parts), ["on", "e\ntwo\nthree", "", ""]);
});

test("gives lines with their ends, cut where they are longer than wanted", async () => {
  const bytes = input();
  const lines = [await bytes.readline(2), await bytes.readline(), await bytes.readline()];
  assert.deepEqual(texts(lines), ["on", "e\n", "two\n"]);
});

test("gives lines until a hint is reached, or all", async () => {
  const bytes = input();
  assert.deepEqual(texts(await bytes.readlines(5)), ["one\n", "two\n"]);
  assert.deepEqual(texts(await bytes.readlines()), ["three"]);
  assert.deepEqual(await bytes.readlines(), []);
});

test("is iterated line by line", async () => {
  const lines: Uint8Array[] = [];
  for await (const line of input("a\n\nb")) lines.push(line);
  assert.deepEqual(texts(lines), ["a\n", "\n", "b"]);
});

test("so many bytes are read, however few at a time", async () => {
  const bytes = input();
  const slow = Object.assign(input(), { read: (size = 1) => bytes.read(Math.min(size, 2)) });
  assert.equal(Buffer.from(await readBytes(slow, 5)).toString(), "one\nt");
  assert.equal(Buffer.from(await readBytes(slow, 100)).toString(), "wo\nthree");
  assert.equal((await readBytes(slow, 1)).length, 0);
});
