import assert from "node:assert/strict";
import { test } from "node:test";
import { OpenCalls } from "../../src/engines/cpython/open-calls.ts";

function filled(): OpenCalls<string> {
  const calls = new OpenCalls<string>();
  for (const streamId of [3, 4, 7]) calls.add(streamId, `call ${streamId}`);
  return calls;
}

test("a call is found by its stream, and gone once it is taken", () => {
  const calls = filled();
  assert.equal(calls.get(4), "call 4");
  assert.equal(calls.take(4), "call 4");
  assert.equal(calls.take(4), undefined);
  assert.equal(calls.get(4), undefined);
  assert.deepEqual([calls.has(3), calls.has(4), calls.size], [true, false, 2]);
});

test("the oldest is the one that was added first", () => {
  const calls = filled();
  assert.equal(calls.oldest, "call 3");
  calls.take(3);
  assert.equal(calls.oldest, "call 4");
});

test("calls may be taken while their list is read", () => {
  const calls = filled();
  for (const [streamId, call] of calls.entries()) assert.equal(calls.take(streamId), call);
  assert.equal(calls.size, 0);
  assert.equal(calls.oldest, undefined);
});

test("all can be taken at once", () => {
  const calls = filled();
  assert.deepEqual(calls.takeAll(), [
    [3, "call 3"],
    [4, "call 4"],
    [7, "call 7"],
  ]);
  assert.equal(calls.size, 0);
});
