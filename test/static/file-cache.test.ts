/** What stays in a cache whose bound is reached. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { FileCache } from "../../src/static/file-cache.ts";

const entry = (bytes: number): { bytes: number } => ({ bytes });

describe("a cache of files", () => {
  test("never holds more than its bound", () => {
    const cache = new FileCache(100);
    for (let at = 0; at < 50; at += 1) {
      cache.set(`/${at}`, entry(1 + (at % 40)));
      if (at % 3 === 0) cache.get(`/${at - 1}`);
      assert.ok(cache.bytes <= 100);
    }
  });

  test("keeps what was used, and lets the rest go, oldest first", () => {
    const cache = new FileCache(3);
    for (const path of ["/a", "/b", "/c"]) cache.set(path, entry(1));
    cache.get("/a");
    cache.set("/d", entry(1));
    assert.deepEqual(
      ["/a", "/b", "/c", "/d"].filter((path) => cache.get(path) !== undefined),
      ["/a", "/c", "/d"],
    );
  });

  test("lets what was used go, too, when all was", () => {
    const cache = new FileCache(2);
    for (const path of ["/a", "/b"]) {
      cache.set(path, entry(1));
      cache.get(path);
    }
    cache.set("/c", entry(2));
    assert.equal(cache.get("/a"), undefined);
    assert.equal(cache.get("/b"), undefined);
    assert.ok(cache.get("/c"));
  });

  test("does not throw all out for what is too large for it", () => {
    const cache = new FileCache(2);
    cache.set("/a", entry(2));
    cache.set("/b", entry(3));
    assert.ok(cache.get("/a"));
    assert.equal(cache.get("/b"), undefined);
  });

  test("counts what is replaced and deleted once", () => {
    const cache = new FileCache(10);
    cache.set("/a", entry(4));
    cache.set("/a", entry(6));
    assert.equal(cache.bytes, 6);
    cache.delete("/a");
    cache.delete("/a");
    assert.equal(cache.bytes, 0);
  });

  test("makes room for what grows, and forgets nothing of it", () => {
    const cache = new FileCache(10);
    const [one, other] = [entry(4), entry(4)];
    cache.set("/a", one);
    cache.set("/b", other);
    cache.get("/b");
    cache.grow("/b", other, 4);
    assert.equal(cache.get("/a"), undefined);
    assert.equal(cache.bytes, 8);
    cache.grow("/b", one, 1);
    assert.equal(cache.bytes, 8, "an entry that is not there grows for nobody");
    cache.grow("/b", other, 4);
    assert.equal(cache.bytes, 0);
  });
});
