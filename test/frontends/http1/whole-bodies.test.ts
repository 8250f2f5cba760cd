/** Large answers that an application gives as a whole: at their client's pace, and not in its memory. */

import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { buffers, DEFAULT_BUFFER_LIMITS, setBufferLimits } from "../../../src/buffers/buffers.ts";
import { MAY_BE_GIVEN_UP_AFTER, takeDisk } from "../../../src/buffers/room.ts";
import type { Application, HeaderList } from "../../../src/wsgi/types.ts";
import { ownTemporaryDirectory, spoolsOpenIn } from "../../support/spools.ts";
import { until } from "../../support/until.ts";
import { Connections } from "./connections.ts";

const directory = ownTemporaryDirectory();

/** More than the system's own buffers on both sides take. */
const SIZE = 20 * 1024 ** 2;

afterEach(async () => {
  await until("nothing counts any more", () => buffers.memory.used + buffers.disk.used === 0);
  await until("no file is open", () => spoolsOpenIn(process.pid, directory).length === 0);
  setBufferLimits(DEFAULT_BUFFER_LIMITS);
});

/** Bytes that are different in each place, more or less. */
function content(size: number): Buffer {
  const bytes = Buffer.alloc(size);
  for (let at = 0; at < size; at += 1) bytes[at] = (at >> 8) ^ at;
  return bytes;
}

function answering(headers: HeaderList, ...chunks: readonly Uint8Array[]): Application {
  return (_environ, startResponse) => {
    startResponse("200 OK", [...headers]);
    return [...chunks];
  };
}

test("a large array arrives whole with its length, and the next request is answered", async () => {
  const body = content(3_000_000);
  const chunks = [body.subarray(0, 1_000_000), body.subarray(1_000_000, 1_000_003)];
  const application = answering([], ...chunks, body.subarray(1_000_003));
  await using connections = await Connections.open(application);
  using client = await connections.connect();
  for (let request = 0; request < 2; request += 1) {
    client.request("GET", "/");
    const answer = await client.answer();
    assert.ok(answer.body.equals(body));
    assert.ok(
      answer.fields.some(([name, value]) => name === "Content-Length" && value === "3000000"),
    );
  }
  assert.deepEqual(
    connections.exchanges.map(({ bodyBytesSent }) => bodyBytesSent),
    [3_000_000, 3_000_000],
  );
});

test("requests that come at once are answered in order, large and small", async () => {
  const large = content(1_000_000);
  const application: Application = (environ, startResponse) => {
    startResponse("200 OK", []);
    return environ.PATH_INFO === "/large" ? [large] : [Buffer.from("small")];
  };
  await using connections = await Connections.open(application);
  using client = await connections.connect();
  const targets = ["/large", "/small", "/large", "/large", "/small"];
  for (const target of targets) client.request("GET", target);
  for (const target of targets) {
    assert.ok(
      (await client.answer()).body.equals(target === "/large" ? large : Buffer.from("small")),
    );
  }
});

test("a large array is cut at its Content-Length, and refused if it is shorter", async () => {
  const body = content(2_000_000);
  const length = (size: number): HeaderList => [["Content-Length", String(size)]];
  for (const [size, expected] of [
    [1_500_000, 1_500_000],
    [5, 5],
  ] as const) {
    await using connections = await Connections.open(answering(length(size), body));
    using client = await connections.connect();
    client.request("GET", "/");
    assert.ok((await client.answer()).body.equals(body.subarray(0, expected)));
  }
  await using connections = await Connections.open(answering(length(2_000_001), body));
  using client = await connections.connect();
  client.request("GET", "/");
  assert.equal((await client.answer()).status, 500);
});

test("a HEAD is told the length of a large array and gets none of it", async () => {
  await using connections = await Connections.open(answering([], content(1_000_000)));
  using client = await connections.connect();
  client.request("HEAD", "/");
  const { fields } = await client.answer("HEAD");
  assert.ok(fields.some(([name, value]) => name === "Content-Length" && value === "1000000"));
  client.request("HEAD", "/");
  assert.equal((await client.answer("HEAD")).status, 200);
});

test("the application's memory is let go while its client reads nothing", async () => {
  setFlagsFromString("--expose_gc");
  const collectGarbage: () => void = runInNewContext("gc");
  let made: WeakRef<ArrayBufferLike> | undefined;
  const application: Application = async (_environ, startResponse) => {
    startResponse("200 OK", []);
    const body = content(SIZE);
    made = new WeakRef(body.buffer);
    return [body];
  };
  await using connections = await Connections.open(application);
  using client = await connections.connect();
  client.request("GET", "/");
  await until(
    "the rest is on the disk",
    () => buffers.disk.used > 0 && buffers.memory.used < 400_000,
  );
  await until("the application's bytes are gone", () => {
    collectGarbage();
    return made !== undefined && made.deref() === undefined;
  });
  assert.ok((await client.answer()).body.equals(content(SIZE)));
});

test("a client that leaves gives all of it back", async () => {
  await using connections = await Connections.open(answering([], content(SIZE)));
  const client = await connections.connect();
  client.request("GET", "/");
  await until("the rest is on the disk", () => buffers.disk.used > 0);
  client.socket.resetAndDestroy();
  await connections.closed();
});

test("an answer that has to leave the disk is cut, and one line says why", async () => {
  setBufferLimits({ disk: 16 * 1024 ** 2 });
  await using connections = await Connections.open(answering([], content(SIZE)));
  using client = await connections.connect();
  client.request("GET", "/");
  await until("it has its share", () => buffers.disk.used === 2 * 1024 ** 2);
  const deadline = performance.now() + MAY_BE_GIVEN_UP_AFTER;
  await until("it has waited long enough", () => performance.now() > deadline);
  assert.equal(takeDisk(15 * 1024 ** 2), true);
  buffers.disk.give(15 * 1024 ** 2);
  await connections.closed();
  assert.equal((await client.answer()).isWhole, false);
  assert.equal(connections.log.length, 1);
  assert.match(connections.log[0] ?? "", /GET \/: the answer was cut off: .*--limit-buffer-disk/);
});
