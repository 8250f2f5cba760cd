/** The input stream: what it gives, what it asks for, and when it holds the client back. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { buffers, DEFAULT_BUFFER_LIMITS, setBufferLimits } from "../../src/buffers/buffers.ts";
import { BodyStream, EMPTY_INPUT } from "../../src/gateway/input-stream.ts";
import { until } from "../support/until.ts";

function streamOf(...pieces: readonly string[]): BodyStream {
  const stream = new BodyStream(() => {});
  for (const piece of pieces) stream.push(Buffer.from(piece));
  stream.end();
  return stream;
}

async function text(bytes: Promise<Uint8Array>): Promise<string> {
  return Buffer.from(await bytes).toString();
}

const BODY = "one\ntwo\r\n\nthree";

const NO_BYTES = Buffer.alloc(0);

test("any cut of the bytes reads the same", async () => {
  for (let cut = 0; cut <= BODY.length; cut += 1) {
    const pieces = [BODY.slice(0, cut), BODY.slice(cut)];
    assert.equal(await text(streamOf(...pieces).read()), BODY);
    const lines = (await streamOf(...pieces).readlines()).map((line) =>
      Buffer.from(line).toString(),
    );
    assert.deepEqual(lines, ["one\n", "two\r\n", "\n", "three"]);
    const stream = streamOf(...pieces);
    let read = "";
    for (let part = await text(stream.read(4)); part !== ""; part = await text(stream.read(4))) {
      assert.ok(part.length === 4 || read.length + part.length === BODY.length);
      read += part;
    }
    assert.equal(read, BODY);
  }
});

test("readline(size) stops at the size, at the line's end, and goes on from there", async () => {
  const stream = streamOf("abc", "def\ngh");
  const sizes = [2, 4, 100, 100, 100];
  const parts: string[] = [];
  for (const size of sizes) parts.push(await text(stream.readline(size)));
  assert.deepEqual(parts, ["ab", "cdef", "\n", "gh", ""]);
});

test("readlines(hint) stops behind the line that reaches the hint", async () => {
  const stream = streamOf("aa\nbb\ncc\n");
  assert.equal((await stream.readlines(4)).length, 2);
  assert.equal((await stream.readlines(0)).length, 1);
});

test("read(n) waits until there are n bytes, and asks for them", async () => {
  let asked = 0;
  const stream = new BodyStream(() => {
    asked += 1;
  });
  const read = text(stream.read(4));
  assert.equal(asked, 1);
  stream.push(Buffer.from("ab"));
  await new Promise(setImmediate);
  assert.equal(asked, 2);
  stream.push(Buffer.from("cdef"));
  assert.equal(await read, "abcd");
  assert.equal(await text(stream.read(2)), "ef");
  assert.equal(asked, 2);
});

test("bytes that come one by one take little more memory than they are", async () => {
  const stream = new BodyStream(() => {});
  const before = buffers.memory.used;
  const read = stream.read(100_000);
  for (let count = 0; count < 100_000; count += 1) {
    stream.push(Buffer.alloc(1, count % 251));
    const taken = buffers.memory.used - before;
    assert.ok(taken < 150_000, `${taken} bytes for ${count}`);
    if (stream.isFull) await new Promise(setImmediate);
  }
  const bytes = await read;
  assert.equal(bytes.length, 100_000);
  for (let at = 0; at < bytes.length; at += 1) if (bytes[at] !== at % 251) assert.fail(`at ${at}`);
  assert.equal(buffers.memory.used, before);
});

test("a read is not woken byte by byte into parts: it takes what has come when it is enough", async () => {
  let asked = 0;
  const stream = new BodyStream(() => {
    asked += 1;
  });
  const read = stream.read(3);
  for (const byte of ["a", "b", "c", "d"]) {
    stream.push(Buffer.from(byte));
    await new Promise(setImmediate);
  }
  assert.equal(await text(read), "abc");
  assert.equal(asked, 3);
  stream.discard();
});

test("what waits counts as the process's memory until it is read or discarded", async () => {
  const before = buffers.memory.used;
  const stream = new BodyStream(() => {});
  stream.push(Buffer.alloc(30_000));
  stream.push(Buffer.alloc(20_000));
  assert.equal(buffers.memory.used - before, 50_000);
  await stream.read(30_000);
  assert.equal(buffers.memory.used - before, 20_000);
  stream.discard();
  assert.equal(buffers.memory.used, before);
});

test("several readers at once all come to an end", async () => {
  const stream = new BodyStream(() => {});
  const reads = [stream.read(2), stream.read(2), stream.read()];
  stream.push(Buffer.from("abcd"));
  stream.end();
  const parts = await Promise.all(reads.map(text));
  assert.equal(parts.join("").length, 4);
});

test("it is full when much waits, and no longer when that is read", async () => {
  const stream = new BodyStream(() => {});
  stream.push(Buffer.alloc(65_535));
  assert.equal(stream.isFull, false);
  stream.push(Buffer.alloc(1));
  assert.equal(stream.isFull, true);
  await stream.read(10);
  assert.equal(stream.isFull, false);
});

test("what was put back counts again", async () => {
  const stream = streamOf(`x\n${"y".repeat(65_535)}`);
  await stream.readline();
  assert.equal(stream.isFull, false);
  await stream.readline(1);
  assert.equal((await stream.read()).length, 65_534);
});

describe("a body that fails", () => {
  test("gives what has come, then the error, to every read", async () => {
    const stream = new BodyStream(() => {});
    stream.push(Buffer.from("some"));
    stream.fail(new Error("cut short"));
    assert.equal(await text(stream.read(4)), "some");
    await assert.rejects(stream.read(), /cut short/);
    await assert.rejects(stream.readline(), /cut short/);
    await assert.rejects(stream.readlines(), /cut short/);
  });

  test("never looks whole to a read that wants all", async () => {
    const stream = new BodyStream(() => {});
    const read = stream.read();
    stream.push(Buffer.from("some"));
    stream.fail(new Error("cut short"));
    await assert.rejects(read, /cut short/);
  });

  test("after its end is whole all the same", async () => {
    const stream = streamOf("all");
    stream.fail(new Error("the client left"));
    assert.equal(await text(stream.read()), "all");
    assert.equal(await text(stream.read()), "");
  });
});

test("what is discarded is at its end, and takes no more", async () => {
  const stream = new BodyStream(() => {});
  stream.push(Buffer.from("some"));
  stream.discard();
  stream.push(Buffer.from("more"));
  stream.end();
  assert.equal(await text(stream.read()), "");
  assert.equal(stream.isFull, false);
});

test("the input of a request without a body is at its end in every way", async () => {
  assert.equal(await text(EMPTY_INPUT.read()), "");
  assert.equal(await text(EMPTY_INPUT.read(10)), "");
  assert.equal(await text(EMPTY_INPUT.readline()), "");
  assert.deepEqual(await EMPTY_INPUT.readlines(), []);
  for await (const line of EMPTY_INPUT) assert.fail(`there is a line: ${line}`);
});

test("a line that does not end waits on the disk once memory is spent", async () => {
  setBufferLimits({ memory: 100_000 });
  const before = buffers.memory.used;
  try {
    const body = new BodyStream(() => {});
    const line = body.readline();
    for (let count = 0; count < 20; count += 1) {
      body.push(Buffer.alloc(65_536, "x"));
      await until("it has left the memory", () => buffers.memory.used < 200_000);
    }
    await until("most of it is on the disk", () => buffers.disk.used > 1_000_000);
    body.end();
    assert.equal((await line).length, 20 * 65_536);
    assert.deepEqual([buffers.memory.used, buffers.disk.used], [before, 0]);
  } finally {
    setBufferLimits(DEFAULT_BUFFER_LIMITS);
  }
});

test("pieces come as they were received, in one go, as soon as much waits or the body ends", async () => {
  let asked = 0;
  const before = buffers.memory.used;
  const stream = new BodyStream(() => {
    asked += 1;
  });
  const reading = stream.readPieces();
  assert.equal(asked, 1);
  const pieces = [Buffer.alloc(40_000, "a"), Buffer.alloc(40_000, "b"), Buffer.alloc(10_000, "c")];
  for (const piece of pieces.slice(0, 2)) stream.push(piece);
  assert.equal(stream.isFull, false, "the client is made to wait although its bytes are taken");
  stream.push(pieces[2] ?? NO_BYTES);
  assert.deepEqual(await reading, pieces.slice(0, 2));
  stream.end();
  assert.deepEqual(await stream.readPieces(), pieces.slice(2));
  assert.deepEqual(await stream.readPieces(), []);
  assert.equal(buffers.memory.used, before);
});

test("who reads pieces of a body that breaks off gets what has come, and then the error", async () => {
  const stream = new BodyStream(() => {});
  stream.push(Buffer.from("half"));
  const gone = new Error("the client is gone");
  stream.fail(gone);
  assert.deepEqual(await stream.readPieces(), [Buffer.from("half")]);
  await assert.rejects(stream.readPieces(), gone);
});

test("a body of which pieces are still to be read is not at its end when it is discarded", async () => {
  for (const hasEnded of [false, true]) {
    const stream = new BodyStream(() => {});
    stream.push(Buffer.from("the first half"));
    if (hasEnded) stream.end();
    const reading = hasEnded ? undefined : stream.readPieces();
    stream.discard();
    await assert.rejects(reading ?? stream.readPieces(), /answered before its body was read/);
  }
});

test("some of a body is had as soon as anything has come, and its end as none", async () => {
  let asked = 0;
  const stream = new BodyStream(() => {
    asked += 1;
  });
  const reading = stream.readSome();
  assert.equal(asked, 1);
  stream.push(Buffer.from("one"));
  assert.deepEqual(await reading, [Buffer.from("one")]);
  stream.end();
  assert.deepEqual(await stream.readSome(), []);
  const discarded = new BodyStream(() => {});
  discarded.discard();
  await assert.rejects(discarded.readSome(), /answered before its body was read/);
});
