/** What a gateway makes of a worker's frames; the worker is this test. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { stat } from "node:fs/promises";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { decodeFrames, encodeFrame, FrameDecoder, uint32 } from "../../src/bridge/frame-codec.ts";
import { ErrorCode, FrameFlag, FrameType, MAX_HEAD_BYTES } from "../../src/bridge/frames.ts";
import { encodeItems } from "../../src/bridge/strings.ts";
import { BridgeCall } from "../../src/engines/bridge-call.ts";
import { BegunMarker } from "../../src/engines/cpython/begun-marker.ts";
import { PythonWorker } from "../../src/engines/cpython/python-worker.ts";
import { Refusal } from "../../src/engines/cpython/refusal.ts";
import { WorkerLostError } from "../../src/engines/errors.ts";
import { RecordedLog } from "../support/recorded-log.ts";
import { until } from "../support/until.ts";

const MEBIBYTE = 1024 ** 2;
const WINDOW_BYTES = 65_536;
const LOADED = frame(FrameType.SETTINGS, 0, encodeItems(["pid", "1"]));
const GIVEN_BACK = frame(FrameType.RST_STREAM, 1, uint32(ErrorCode.REFUSED_STREAM));
const OFFER = frame(FrameType.FILE, 1, encodeItems(["path", "/dev/null"]));
const HEAD = frame(FrameType.RESPONSE, 1, "200 OK");
const MOST = frame(FrameType.DATA, 1, "x".repeat(WINDOW_BYTES));

test("a worker that has given all back that it was slow to begin is like any other again", async () => {
  const returned: BridgeCall[] = [];
  using loaded = await loadedWorker({ onReturned: (call) => returned.push(call) });
  const { socket, peer, worker } = loaded;
  const call = callOf("/");
  worker.send(call);
  worker.stall(performance.now());
  assert.equal(worker.isStuck, true);
  peer.write(GIVEN_BACK);
  await once(socket, "data");
  assert.deepEqual(returned, [call]);
  assert.equal(worker.room, 1);
  assert.equal(worker.isStuck, false);
});

/** What a worker may not send, and what the log says of it. */
const BREACHES: readonly (readonly [string, readonly Buffer[], RegExp])[] = [
  ["says twice what it is", [LOADED], /SETTINGS a second time/],
  ["gives back what it was not asked for", [GIVEN_BACK], /stream 1 was given back unasked/],
  ["offers two files for one answer", [OFFER, OFFER], /a second FILE for stream 1/],
  [
    "sends a head that no client takes",
    [frame(FrameType.RESPONSE, 1, "x".repeat(MAX_HEAD_BYTES + 1))],
    /a frame of 262145 bytes; the limit is 262144/,
  ],
  [
    "goes on sending while its client does not read",
    [HEAD, MOST, frame(FrameType.DATA, 1, "x")],
    /DATA for stream 1 beyond its window/,
  ],
  [
    "sends more than its window at once",
    [HEAD, frame(FrameType.DATA, 1, "x".repeat(WINDOW_BYTES + 1), FrameFlag.END_STREAM)],
    /DATA for stream 1 beyond its window/,
  ],
];

for (const [what, frames, said] of BREACHES) {
  test(`a worker that ${what} is killed, and its request ends`, async () => {
    const log = new RecordedLog();
    using loaded = await loadedWorker({ log });
    const { peer, worker } = loaded;
    const call = callOf("/");
    worker.send(call);
    const answered = call.answer.then(drain);
    for (const each of frames) peer.write(each);
    await log.line(said);
    await assert.rejects(Promise.resolve(answered), { statusHint: 502 });
    assert.equal(worker.killed, "it broke the frame protocol");
  });
}

test("a worker may send its whole window, and more when that is read", async () => {
  using loaded = await loadedWorker();
  const { peer, worker } = loaded;
  const call = callOf("/");
  worker.send(call);
  for (const each of [HEAD, MOST]) peer.write(each);
  const body = drain(await call.answer);
  const decoder = new FrameDecoder();
  let allowed = 0;
  peer.on("data", (data: Buffer) => {
    for (const { type, payload } of decodeFrames(data, decoder))
      if (type === FrameType.WINDOW_UPDATE) allowed += Buffer.from(payload).readUInt32BE();
  });
  await until("it may send as much again", () => allowed === WINDOW_BYTES);
  for (const each of [MOST, frame(FrameType.DATA, 1, "", FrameFlag.END_STREAM)]) peer.write(each);
  assert.equal(await body, 2 * WINDOW_BYTES);
  assert.equal(worker.killed, undefined);
});

test("a body in a file crosses as the worker takes it, whole", async () => {
  const directory = mkdtempSync(join(tmpdir(), "portico-body-"));
  const path = join(directory, "body");
  const size = 48 * MEBIBYTE + 1;
  writeFileSync(path, Buffer.alloc(size, "b"));
  using loaded = await loadedWorker();
  const { socket, peer, worker } = loaded;
  try {
    worker.send(callOf("/", path));
    await until("nothing more fits into the socket", () => socket.writableNeedDrain);
    // A file is read from many times faster than this.
    for (let turn = 0; turn < 200; turn += 1) await stat(path);
    assert.ok(socket.writableLength <= 2 * MEBIBYTE, `${socket.writableLength} bytes wait`);
    const decoder = new FrameDecoder();
    let taken = 0;
    let hasEnded = false;
    peer.on("data", (data: Buffer) => {
      for (const { type, flags, payload } of decodeFrames(data, decoder)) {
        if (type !== FrameType.DATA) continue;
        taken += payload.length;
        hasEnded ||= flags === FrameFlag.END_STREAM;
      }
    });
    await until("it has ended", () => hasEnded);
    assert.equal(taken, statSync(path).size);
  } finally {
    rmSync(directory, { recursive: true });
  }
});

test("a request whose body is gone is answered, and its worker told", async () => {
  using loaded = await loadedWorker();
  const { peer, worker } = loaded;
  const call = callOf("/", "/there/is/no/body");
  worker.send(call);
  await assert.rejects(Promise.resolve(call.answer), /body cannot be read: .*ENOENT/);
  const decoder = new FrameDecoder();
  const types: number[] = [];
  peer.on("data", (data: Buffer) => {
    types.push(...decodeFrames(data, decoder).map(({ type }) => type));
  });
  await until("it is told", () => types.includes(FrameType.RST_STREAM));
});

/** How many bytes there were. */
async function drain(body: unknown): Promise<number> {
  let size = 0;
  for await (const chunk of body as AsyncIterable<Uint8Array>) size += chunk.length;
  return size;
}

interface Watched {
  readonly log?: RecordedLog;
  readonly onReturned?: (call: BridgeCall) => void;
}

/** A worker that has said that it is loaded, and what it hears and says by. */
async function loadedWorker(watched: Watched = {}) {
  const [socket, peer] = await socketPair();
  const worker = workerAt(socket, watched);
  peer.write(LOADED);
  await worker.ready;
  return {
    ...{ socket, peer, worker },
    [Symbol.dispose](): void {
      socket.destroy();
      peer.destroy();
    },
  };
}

function workerAt(
  socket: Socket,
  { log = new RecordedLog(), onReturned = () => {} }: Watched = {},
): PythonWorker {
  const marker = new BegunMarker();
  return new PythonWorker({
    start: () => ({
      pid: 1,
      bridge: Promise.resolve({ socket, marker }),
      exited: new Promise(() => {}),
      refusal: new Refusal(),
      ref() {},
      unref() {},
      kill() {},
      explain() {},
    }),
    ...{ settings: [], threads: 1, window: WINDOW_BYTES, wantsAbort: false },
    ...{ mayClaimFiles: true, log, warmUp: undefined, onFinding: undefined, onFree() {} },
    onGone(_worker, begun, notBegun) {
      for (const call of [...begun, ...notBegun]) call.fail(new WorkerLostError("it is gone"));
    },
    onReturned,
  });
}

const ENVIRON = { text: "", isEscaped: false, common: undefined };

function callOf(path: string, bodyFile?: string): BridgeCall {
  const request = {
    ...{ path, line: `GET ${path}`, environ: ENVIRON, body: undefined, bodyFile },
    ...{ closed: undefined, about: undefined, earlyHints: undefined },
    ...{ notes: undefined, onEnd: undefined },
  };
  return new BridgeCall(request, () => () => Promise.resolve(), new RecordedLog());
}

function frame(type: FrameType, streamId: number, payload: string, flags = 0): Buffer {
  return encodeFrame({ type, flags, streamId, payload: Buffer.from(payload, "latin1") });
}

async function socketPair(): Promise<readonly [Socket, Socket]> {
  const directory = mkdtempSync(join(tmpdir(), "portico-pair-"));
  const server = createServer();
  try {
    server.listen(join(directory, "socket"));
    await once(server, "listening");
    const one = connect(join(directory, "socket"));
    const [other]: [Socket] = (await once(server, "connection")) as [Socket];
    return [one, other];
  } finally {
    server.close();
    rmSync(directory, { recursive: true });
  }
}
