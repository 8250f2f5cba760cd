/** What a gateway makes of a worker's frames; the worker is this test. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { encodeFrame, uint32 } from "../../src/bridge/frame-codec.ts";
import { ErrorCode, FrameType } from "../../src/bridge/frames.ts";
import { encodeItems } from "../../src/bridge/strings.ts";
import { BridgeCall } from "../../src/engines/bridge-call.ts";
import { BegunMarker } from "../../src/engines/cpython/begun-marker.ts";
import { PythonWorker } from "../../src/engines/cpython/python-worker.ts";
import { Refusal } from "../../src/engines/cpython/refusal.ts";
import { RecordedLog } from "../support/recorded-log.ts";

test("a worker that has given all back that it was slow to begin is like any other again", async () => {
  const [socket, peer] = await socketPair();
  const returned: BridgeCall[] = [];
  const worker = workerAt(socket, (call) => returned.push(call));
  try {
    peer.write(frame(FrameType.SETTINGS, 0, encodeItems(["pid", "1"])));
    await worker.ready;
    const call = callOf("/");
    worker.send(call);
    worker.stall(performance.now());
    assert.equal(worker.isStuck, true);
    peer.write(frame(FrameType.RST_STREAM, 1, uint32(ErrorCode.REFUSED_STREAM)));
    await once(socket, "data");
    assert.deepEqual(returned, [call]);
    assert.equal(worker.room, 1);
    assert.equal(worker.isStuck, false);
  } finally {
    socket.destroy();
    peer.destroy();
  }
});

function workerAt(socket: Socket, onReturned: (call: BridgeCall) => void): PythonWorker {
  return new PythonWorker({
    start: () => ({
      pid: 1,
      bridge: Promise.resolve({ socket, marker: new BegunMarker() }),
      exited: new Promise(() => {}),
      refusal: new Refusal(),
      ref() {},
      unref() {},
      kill() {},
      explain() {},
    }),
    ...{ settings: [], threads: 1, wantsAbort: false, mayClaimFiles: true, log: new RecordedLog() },
    ...{ warmUp: undefined, onFinding: undefined, onFree() {}, onGone() {}, onReturned },
  });
}

const ENVIRON = { text: "", isEscaped: false, common: undefined };

function callOf(path: string): BridgeCall {
  const request = {
    ...{ path, line: `GET ${path}`, environ: ENVIRON, body: undefined },
    ...{ closed: undefined, about: undefined, earlyHints: undefined },
    ...{ notes: undefined, onEnd: undefined },
  };
  return new BridgeCall(request, () => () => Promise.resolve(), new RecordedLog());
}

function frame(type: FrameType, streamId: number, payload: string): Buffer {
  return encodeFrame({ type, flags: 0, streamId, payload: Buffer.from(payload, "latin1") });
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
