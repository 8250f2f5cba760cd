import assert from "node:assert/strict";
import { test } from "node:test";
import { passedSockets } from "../../src/cli/passed-sockets.ts";

test("so many sockets as LISTEN_FDS says lie at descriptors from 3 on", () => {
  assert.deepEqual(passedSockets({ LISTEN_PID: "17", LISTEN_FDS: "2" }, 17), [
    { kind: "descriptor", descriptor: 3 },
    { kind: "descriptor", descriptor: 4 },
  ]);
});

test("sockets that are meant for another process are none of this one's", () => {
  assert.deepEqual(passedSockets({ LISTEN_PID: "16", LISTEN_FDS: "2" }, 17), []);
  assert.deepEqual(passedSockets({ LISTEN_FDS: "2" }, 17), []);
  assert.deepEqual(passedSockets({ LISTEN_PID: "17" }, 17), []);
  assert.deepEqual(passedSockets({}, 17), []);
});

test("a number of sockets that is none is named", () => {
  assert.throws(() => passedSockets({ LISTEN_PID: "17", LISTEN_FDS: "two" }, 17), {
    message: 'LISTEN_FDS: "two" is not a number of sockets',
    exitCode: 2,
  });
});
