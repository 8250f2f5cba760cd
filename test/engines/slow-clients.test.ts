/** Clients that do not read, before one worker of one thread: they hold nobody up. */

import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { buffers, DEFAULT_BUFFER_LIMITS, setBufferLimits } from "../../src/buffers/buffers.ts";
import { MAY_BE_GIVEN_UP_AFTER, takeDisk } from "../../src/buffers/room.ts";
import { ClientConnection } from "../../src/client/client-connection.ts";
import { ownTemporaryDirectory, spoolsOpenIn } from "../support/spools.ts";
import { until } from "../support/until.ts";
import { Lab } from "./lab.ts";

const directory = ownTemporaryDirectory();

const BLOCK = Buffer.from("0123456789abcdef".repeat(4096));
const BLOCKS = 320;

/** Half of those who ask for something quick wait for less, in milliseconds; test/hostile judges all. */
const LONGEST_ANSWER = 100;

afterEach(async () => {
  await until("nothing counts any more", () => buffers.memory.used + buffers.disk.used === 0);
  await until("no file is open", () => spoolsOpenIn(process.pid, directory).length === 0);
  setBufferLimits(DEFAULT_BUFFER_LIMITS);
});

/** A client that asks for `blocks` blocks, and reads none. */
async function idleClient(lab: Lab, blocks: number): Promise<ClientConnection> {
  const client = await ClientConnection.open(lab.port);
  client.request("GET", `/blocks/${blocks}`);
  return client;
}

function isFree(lab: Lab): boolean {
  return lab.engine.stats().busy === 0 && lab.engine.stats().queued === 0;
}

test("twenty that do not read 20 MB leave the one thread free, and memory small", async () => {
  await using lab = await Lab.start();
  const clients = await Promise.all(Array.from({ length: 20 }, () => idleClient(lab, BLOCKS)));
  await until("all were begun", () => lab.ran.length === 20);
  await until("the worker is free", () => isFree(lab));
  assert.ok(buffers.disk.used > 20 * 5 * 1024 ** 2, `${buffers.disk.used} bytes on the disk`);
  assert.ok(buffers.memory.used < 20 * 400_000, `${buffers.memory.used} bytes in memory`);
  const times: number[] = [];
  for (let count = 0; count < 20; count += 1) {
    const start = performance.now();
    assert.equal((await lab.get("/answer/quick")).text, "quick");
    times.push(performance.now() - start);
  }
  const median = times.sort((a, b) => a - b)[10] ?? 0;
  assert.ok(median < LONGEST_ANSWER, `${median} ms`);
  for (const client of clients) client.socket.destroy();
});

test("one that reads late gets every byte in its place", async () => {
  await using lab = await Lab.start();
  using client = await idleClient(lab, BLOCKS);
  await until("it was begun", () => lab.ran.length === 1);
  await until("the worker is free", () => isFree(lab));
  const { body, isWhole } = await client.answer();
  assert.equal(isWhole, true);
  assert.equal(body.length, BLOCKS * BLOCK.length);
  for (let at = 0; at < body.length; at += BLOCK.length) {
    assert.ok(body.subarray(at, at + BLOCK.length).equals(BLOCK), `at ${at}`);
  }
});

test("one that does not read holds no worker either where much may wait in memory", async () => {
  setBufferLimits({ each: 4 * 1024 ** 2 });
  await using lab = await Lab.start();
  using client = await idleClient(lab, BLOCKS);
  await until("it was begun", () => lab.ran.length === 1);
  await until("the worker is free", () => isFree(lab));
  assert.ok(buffers.memory.used <= 8 * 1024 ** 2, `${buffers.memory.used} bytes in memory`);
  assert.equal((await client.answer()).body.length, BLOCKS * BLOCK.length);
});

test("the time in which one does not read is none that the application took", async () => {
  const timeout = 2;
  await using lab = await Lab.start({ timeout });
  using client = await ClientConnection.open(lab.port);
  client.request("GET", "/blocks_then_wait/100");
  const { pass } = await lab.gate.arrival("given");
  const pausedUntil = performance.now() + timeout * 1000 + 200;
  await until("it has read nothing for long", () => performance.now() > pausedUntil);
  await client.head();
  for (let size = 0; size < 100 * BLOCK.length; size += (await client.chunk()).length);
  const waitedUntil = performance.now() + 300;
  await until("it has waited a little", () => performance.now() > waitedUntil);
  pass();
  assert.equal((await client.chunk()).length, 0);
  assert.doesNotMatch(lab.log.text, /WORKER TIMEOUT/);
});

test("one that leaves while its answer is on the disk leaves nothing there", async () => {
  await using lab = await Lab.start();
  const client = await idleClient(lab, 100_000);
  await until("some is on the disk", () => buffers.disk.used > 10 * 1024 ** 2);
  client.socket.resetAndDestroy();
  await until("the worker is free", () => isFree(lab));
});

test("one that reads now and then is served without end, and the disk stays as it is", async () => {
  setBufferLimits({ disk: 32 * 1024 ** 2 });
  await using lab = await Lab.start();
  using client = await idleClient(lab, 1_000);
  await client.head();
  let most = 0;
  for (let block = 0; block < 1_000; block += 1) {
    assert.ok((await client.chunk()).length > 0);
    if (block % 100 === 0) await until("the disk has some", () => buffers.disk.used > 0);
    most = Math.max(most, buffers.disk.used);
    if (isFree(lab)) break;
  }
  assert.ok(most <= 32 * 1024 ** 2, `${most} bytes on the disk`);
});

test("one whose answer others need the disk for is cut off, and its worker is free", async () => {
  setBufferLimits({ disk: 16 * 1024 ** 2 });
  await using lab = await Lab.start();
  const client = await idleClient(lab, 100_000);
  await until("it has its share", () => buffers.disk.used >= 2 * 1024 ** 2);
  const deadline = performance.now() + MAY_BE_GIVEN_UP_AFTER;
  await until("it has waited long enough", () => performance.now() > deadline);
  assert.equal(isFree(lab), false);
  assert.equal(takeDisk(15 * 1024 ** 2), true);
  buffers.disk.give(15 * 1024 ** 2);
  await until("the worker is free", () => isFree(lab));
  client.socket.resetAndDestroy();
  await lab.log.line(
    /GET \/blocks\/100000: the answer was cut off: its client has read nothing for/,
  );
});
