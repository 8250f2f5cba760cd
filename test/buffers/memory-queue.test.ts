import assert from "node:assert/strict";
import { test } from "node:test";
import { Budget } from "../../src/buffers/budget.ts";
import { MemoryQueue } from "../../src/buffers/memory-queue.ts";

/** A view that has its memory for itself, as a read from a socket has. */
function bytes(size: number, fill = 0): Buffer {
  return Buffer.alloc(size, fill);
}

test("bytes come out in the order they went in, however they are cut", () => {
  const all = Buffer.from(Array.from({ length: 20_000 }, (_, at) => at % 251));
  for (const [pieceSize, taken] of [
    [1, 7],
    [13, 5_000],
    [5_000, 1],
    [9_999, 4_096],
    [20_000, 65_536],
  ] as const) {
    const queue = new MemoryQueue(new Budget(0));
    for (let at = 0; at < all.length; at += pieceSize) queue.push(all.subarray(at, at + pieceSize));
    const parts: Uint8Array[] = [];
    while (queue.size > 0) parts.push(queue.take(taken));
    assert.ok(Buffer.concat(parts).equals(all), `in pieces of ${pieceSize}, out ${taken}`);
  }
});

test("small chunks that come between takes follow what is left", () => {
  const queue = new MemoryQueue();
  for (const text of ["ab", "cd", "ef"]) queue.push(Buffer.from(text));
  assert.equal(Buffer.from(queue.take(3)).toString(), "abc");
  queue.push(Buffer.from("gh"));
  assert.equal(Buffer.from(queue.take(4)).toString(), "defg");
  queue.putBack(Buffer.from("xy"));
  queue.push(Buffer.from("z"));
  assert.equal(Buffer.from(queue.take(10)).toString(), "xyhz");
  assert.equal(queue.take(10).length, 0);
});

test("a million chunks of one byte take little more than a million bytes", () => {
  const queue = new MemoryQueue();
  for (let count = 0; count < 1_000_000; count += 1) queue.push(bytes(1));
  assert.ok(queue.memory < 1_200_000, `${queue.memory} bytes`);
  assert.ok(queue.chunks.length < 30, `${queue.chunks.length} chunks`);
});

test("a small view of much memory is copied, or counts for all of that", () => {
  const queue = new MemoryQueue();
  const large = bytes(1_000_000);
  queue.push(large.subarray(0, 5_000));
  assert.equal(queue.memory, 1_000_000);
  queue.push(large.subarray(5_000, 10_000));
  assert.ok(queue.memory < 1_020_000, `${queue.memory} bytes`);
});

test("what is left of a chunk is copied when it keeps too much of it alive", () => {
  const queue = new MemoryQueue();
  queue.push(bytes(60_000));
  queue.takePart(30_000);
  assert.equal(queue.shift()?.buffer.byteLength, 60_000);
  queue.push(bytes(60_000));
  queue.takePart(50_000);
  assert.equal(queue.memory, 10_000);
  assert.equal(queue.shift()?.buffer.byteLength, 10_000);
});

test("a chunk that comes alone, and large ones, are passed on without a copy", () => {
  const queue = new MemoryQueue();
  const small = bytes(3);
  queue.push(small);
  assert.equal(queue.shift(), small);
  const large = [bytes(10_000), bytes(10_000)];
  for (const chunk of large) queue.push(chunk);
  assert.equal(queue.shift(), large[0]);
  assert.equal(queue.shift(), large[1]);
});

test("whatever happens to it, the budget gets back exactly what was taken", () => {
  const budget = new Budget(1_000_000);
  const queue = new MemoryQueue(budget);
  let seed = 7;
  const random = (below: number): number => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed % below;
  };
  const actions = [
    () => queue.push(bytes(random(10))),
    () => queue.push(bytes(random(9_000))),
    () => queue.push(bytes(100_000).subarray(0, random(100_000))),
    () => queue.take(random(5_000)),
    () => queue.takePart(random(5_000)),
    () => queue.shift(),
    () => queue.putBack(bytes(random(6_000))),
  ];
  for (let step = 0; step < 5_000; step += 1) {
    actions[random(actions.length)]?.();
    assert.equal(budget.used, queue.memory);
    assert.ok(queue.memory >= queue.size || queue.size === 0, `step ${step}`);
  }
  queue.clear();
  assert.equal(budget.used, 0);
});
