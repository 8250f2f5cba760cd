import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { buffers, DEFAULT_BUFFER_LIMITS, setBufferLimits } from "../../src/buffers/buffers.ts";
import { ByteQueue } from "../../src/buffers/byte-queue.ts";
import { ownTemporaryDirectory, spooledIn, spoolsOpenIn } from "../support/spools.ts";
import { until } from "../support/until.ts";

const directory = ownTemporaryDirectory();

afterEach(async () => {
  setBufferLimits(DEFAULT_BUFFER_LIMITS);
  assert.equal(buffers.memory.used, 0);
  assert.equal(buffers.disk.used, 0);
  assert.deepEqual(spooledIn(directory), []);
  await until("no file is open", () => spoolsOpenIn(process.pid, directory).length === 0);
});

function newQueue(): ByteQueue {
  return new ByteQueue(buffers.memory);
}

/** Takes until nothing waits. */
async function drain(queue: ByteQueue, into: Uint8Array[]): Promise<void> {
  for (let chunk = queue.take(); chunk !== undefined; chunk = queue.take()) into.push(await chunk);
}

/** All ways to go on `length` times with one of `choices`. */
function* sequences(choices: string, length: number): Generator<string> {
  if (length === 0) {
    yield "";
    return;
  }
  for (const rest of sequences(choices, length - 1)) {
    for (const choice of choices) yield choice + rest;
  }
}

test("bytes keep their order in every interleaving of push, take and spill", async () => {
  // p: push, t: take, s: begin to spill, w: spill and wait.
  for (const steps of sequences("ptsw", 6)) {
    const queue = newQueue();
    const pushed: Uint8Array[] = [];
    const taken: Uint8Array[] = [];
    const spills: Promise<number>[] = [];
    for (const step of steps) {
      if (step === "p") {
        const chunk = Buffer.alloc(5_000, pushed.length + 1);
        pushed.push(chunk);
        queue.push(chunk);
      } else if (step === "t") {
        const chunk = await queue.take();
        if (chunk !== undefined) taken.push(chunk);
      } else if (step === "s") {
        spills.push(queue.spill());
      } else {
        await queue.spill();
      }
    }
    await drain(queue, taken);
    await Promise.all(spills);
    assert.equal(queue.size, 0);
    assert.ok(Buffer.concat(taken).equals(Buffer.concat(pushed)), steps);
    assert.equal(buffers.memory.used, 0, steps);
    assert.equal(buffers.disk.used, 0, steps);
    await queue.close();
  }
});

test("closed at any moment, it gives back memory, disk and file", async () => {
  for (const steps of sequences("pts", 5)) {
    const queue = newQueue();
    const waiting: unknown[] = [];
    for (const [at, step] of [...steps].entries()) {
      if (step === "p") queue.push(Buffer.alloc(5_000));
      else if (step === "s") waiting.push(queue.spill());
      else {
        const chunk = queue.take();
        waiting.push(chunk);
        // The last step's is closed while its reader waits.
        if (at < steps.length - 1) await chunk;
      }
    }
    await queue.close();
    await Promise.all(waiting);
    queue.push(Buffer.alloc(10));
    assert.equal(queue.take(), undefined);
    assert.equal(queue.size, 0);
    assert.equal(buffers.memory.used, 0, steps);
    assert.equal(buffers.disk.used, 0, steps);
  }
});

test("memory counts until it is on the disk, the disk until it has been read", async () => {
  const queue = newQueue();
  for (let count = 0; count < 4; count += 1) queue.push(Buffer.alloc(50_000, count));
  assert.equal(buffers.memory.used, 200_000);
  const spilled = queue.spill();
  assert.equal(buffers.memory.used, 200_000);
  assert.equal(await spilled, 200_000);
  assert.equal(buffers.memory.used, 0);
  assert.equal(buffers.disk.used, 200_000);
  await drain(queue, []);
  assert.equal(buffers.disk.used, 0);
  await queue.close();
});

test("what the reader has is its own to count, and not passed on before it asks again", async () => {
  const queue = newQueue();
  queue.push(Buffer.alloc(40_000));
  queue.push(Buffer.alloc(30_000));
  queue.take();
  assert.equal(buffers.memory.used, 30_000);
  assert.equal(queue.takeFreed(), 0);
  queue.take();
  assert.equal(buffers.memory.used, 0);
  assert.equal(queue.takeFreed(), 40_000);
  await queue.close();
});

test("where the disk has no room, all waits in memory, in order", async () => {
  setBufferLimits({ disk: 90_000 });
  const queue = newQueue();
  queue.push(Buffer.alloc(50_000, 1));
  queue.push(Buffer.alloc(50_000, 2));
  const spilled = queue.spill();
  queue.push(Buffer.alloc(50_000, 3));
  assert.equal(await spilled, 0);
  assert.equal(queue.takeFreed(), 0);
  assert.equal(buffers.memory.used, 150_000);
  assert.equal(await queue.spill(90_000), 90_000);
  const taken: Uint8Array[] = [];
  await drain(queue, taken);
  const expected = [1, 2, 3].map((fill) => Buffer.alloc(50_000, fill));
  assert.ok(Buffer.concat(taken).equals(Buffer.concat(expected)));
  await queue.close();
});

test("what is read of an endless answer does not stay on the disk", async () => {
  const queue = newQueue();
  const block = Buffer.alloc(1024 ** 2);
  let most = 0;
  for (let made = 0; made < 64; made += 1) {
    queue.push(block);
    await queue.spill();
    most = Math.max(most, buffers.disk.used);
    // Always one block behind, so that no file is ever empty.
    for (let read = 0; made > 0 && read < block.length; ) read += (await queue.take())?.length ?? 0;
  }
  assert.ok(most < 32 * block.length, `${most} bytes at most`);
  await queue.close();
});

test("a piece of something large keeps only itself alive", async () => {
  const queue = newQueue();
  queue.push(Buffer.alloc(1_000_000));
  const piece = await queue.take();
  assert.equal(piece?.length, 65_536);
  assert.equal(piece?.buffer.byteLength, 65_536);
  await queue.close();
});
