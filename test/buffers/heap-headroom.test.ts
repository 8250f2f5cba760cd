import assert from "node:assert/strict";
import { test } from "node:test";
import { growingPercent } from "../../src/buffers/heap-headroom.ts";

const MEGABYTE = 1024 ** 2;

test("a small heap may grow by 64 MiB before all of it is collected", () => {
  for (const megabytes of [4, 9, 20, 63]) {
    const growth = (megabytes * growingPercent(megabytes * MEGABYTE)) / 100;
    assert.ok(growth >= 64 && growth < 65, `${megabytes} MiB may grow by ${growth} MiB`);
  }
});

test("a heap of 64 MiB and more grows as V8 has it", () => {
  assert.equal(growingPercent(64 * MEGABYTE), 0);
  assert.equal(growingPercent(900 * MEGABYTE), 0);
});
