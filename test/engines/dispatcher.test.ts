import assert from "node:assert/strict";
import { test } from "node:test";
import { BridgeCall } from "../../src/engines/bridge-call.ts";
import { Dispatcher } from "../../src/engines/cpython/dispatcher.ts";
import { PythonWorker } from "../../src/engines/cpython/python-worker.ts";
import { SpawnedWorker } from "../../src/engines/cpython/spawn.ts";
import { OverloadedError } from "../../src/engines/errors.ts";
import { RecordedLog } from "../support/recorded-log.ts";

test("a request that three workers die with, unbegun, is given up", async () => {
  const log = new RecordedLog();
  const never = Number.POSITIVE_INFINITY;
  const dispatcher = new Dispatcher({ maxQueued: 9, queueTimeout: never, timeout: never });
  const worker = new PythonWorker({
    ...{ settings: [], threads: 1, window: 1024 ** 2, mayClaimFiles: true, log },
    ...{
      start: () => new SpawnedWorker({ command: "true", directory: "/", env: {} }),
      wantsAbort: false,
      warmUp: undefined,
      onFinding: () => {},
      onFree: () => {},
      onGone: () => {},
      onReturned: () => {},
    },
  });
  const request = {
    ...{
      path: "/",
      line: "GET /",
      environ: { text: "", isEscaped: false, common: undefined },
      body: undefined,
      bodyFile: undefined,
    },
    ...{ closed: undefined, about: undefined, earlyHints: undefined },
    ...{ notes: undefined, onEnd: undefined },
  };
  const call = new BridgeCall(request, () => () => Promise.resolve(), log);
  let error: unknown;
  const answered = call.answer.catch((reason: unknown) => {
    error = reason;
  });
  for (let death = 1; death <= 2; death += 1) {
    dispatcher.gone(worker, [], [call]);
    assert.equal(dispatcher.queued, death, "it does not wait for another worker");
  }
  dispatcher.gone(worker, [], [call]);
  await answered;
  assert.ok(error instanceof OverloadedError);
  assert.match(error.message, /^3 workers died before they had begun it$/);
  dispatcher.failQueued("the test ends");
  await worker.exited;
});
