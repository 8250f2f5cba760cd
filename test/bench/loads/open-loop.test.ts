/** Requests leave when they are planned, and latencies count from then on. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { OpenLoop } from "../../../bench/loads/open-loop/open-loop.ts";

const all = (): boolean => true;

test("requests leave at equal distances, whether or not earlier ones are answered", () => {
  const loop = new OpenLoop({ rate: 10, seconds: 0.3, connections: 5 });
  assert.deepEqual(loop.depart(0), [{ request: 0, connection: 0 }]);
  assert.deepEqual(loop.depart(0.05), []);
  assert.deepEqual(loop.depart(0.25), [
    { request: 1, connection: 1 },
    { request: 2, connection: 2 },
  ]);
  assert.deepEqual(loop.depart(9), []);
});

test("a request waits for the next free connection, and its wait counts", () => {
  const loop = new OpenLoop({ rate: 10, seconds: 0.2, connections: 1 });
  loop.depart(0);
  assert.deepEqual(loop.depart(0.5), [], "its connection still waits");
  loop.conclude(0, "answered", 1);
  assert.deepEqual(loop.depart(1), [{ request: 1, connection: 0 }]);
  loop.conclude(0, "answered", 1.25);
  assert.deepEqual([...loop.latencies(all)], [1, 1.15]);
  assert.equal(loop.isOver, true);
});

test("the connection that has been free for longest is used next", () => {
  const loop = new OpenLoop({ rate: 10, seconds: 1, connections: 2 });
  loop.depart(0.1);
  loop.conclude(1, "answered", 0.1);
  loop.conclude(0, "answered", 0.1);
  assert.deepEqual(
    loop.depart(0.3).map(({ connection }) => connection),
    [1, 0],
  );
});

test("an answer that is none counts as failed, and as long as it took", () => {
  const loop = new OpenLoop({ rate: 10, seconds: 0.1, connections: 1 });
  loop.depart(0);
  loop.conclude(0, "failed", 2);
  assert.deepEqual([loop.answered, loop.failed, loop.isOver], [0, 1, true]);
  assert.deepEqual([...loop.latencies(all)], [2]);
});

test("whoever has no answer at the end has failed, also those that never left", () => {
  const loop = new OpenLoop({ rate: 10, seconds: 0.3, connections: 1 });
  loop.depart(0.3);
  loop.giveUp(5);
  assert.deepEqual([loop.answered, loop.failed, loop.isOver], [0, 3, true]);
  assert.deepEqual([...loop.latencies(all)], [5, 4.9, 4.8]);
});

test("latencies are those of the chosen requests", () => {
  const loop = new OpenLoop({ rate: 1, seconds: 3, connections: 3 });
  loop.depart(2);
  for (const connection of [0, 1, 2]) loop.conclude(connection, "answered", 2);
  assert.deepEqual([...loop.latencies((request) => request % 2 === 0)], [2, 0]);
});

test("an answer on a connection that waits for none is a fault", () => {
  const loop = new OpenLoop({ rate: 1, seconds: 1, connections: 1 });
  assert.throws(() => loop.conclude(0, "answered", 1), /connection 0 had no request under way/);
});
