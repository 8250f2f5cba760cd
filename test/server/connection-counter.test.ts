import assert from "node:assert/strict";
import { test } from "node:test";
import { ConnectionCounter } from "../../src/server/connection-counter.ts";
import { filesForClients, maxOpenFiles } from "../../src/server/open-files.ts";

const ENOUGH_FILES = { most: Number.POSITIVE_INFINITY, others: () => 0 };

test("so many connections are served, and one more when one has left", () => {
  const counter = new ConnectionCounter({ total: 2, perAddress: 0 }, ENOUGH_FILES);
  const seat = counter.serve("192.0.2.1");
  assert.equal(counter.refusalFor("192.0.2.1"), undefined);
  counter.serve("192.0.2.1");
  assert.equal(counter.refusalFor("192.0.2.2"), "too-many-connections");
  seat.leave();
  assert.equal(counter.refusalFor("192.0.2.3"), undefined);
});

test("one client's connections are counted by themselves, those without an address not at all", () => {
  const counter = new ConnectionCounter({ total: 0, perAddress: 1 }, ENOUGH_FILES);
  const seat = counter.serve("192.0.2.1");
  assert.equal(counter.refusalFor("192.0.2.1"), "too-many-connections-of-one-client");
  assert.equal(counter.refusalFor("192.0.2.2"), undefined);
  counter.serve(undefined);
  assert.equal(counter.refusalFor(undefined), undefined);
  seat.leave();
  assert.equal(counter.refusalFor("192.0.2.1"), undefined);
});

test("connections that are refused take nobody's place", () => {
  const counter = new ConnectionCounter({ total: 2, perAddress: 1 }, ENOUGH_FILES);
  counter.serve("192.0.2.1");
  for (let count = 0; count < 100; count += 1) counter.refuse();
  assert.equal(counter.refusalFor("192.0.2.2"), undefined);
});

test("only so many at a time are told that they are too many", () => {
  const counter = new ConnectionCounter({ total: 320, perAddress: 0 }, ENOUGH_FILES);
  const seats = Array.from({ length: 20 }, () => counter.refuse());
  assert.equal(counter.isOverrun, true);
  seats[0]?.leave();
  assert.equal(counter.isOverrun, false);
});

test("connections and temporary files share what files there are", () => {
  let others = 0;
  const counter = new ConnectionCounter(
    { total: 0, perAddress: 0 },
    { most: 10, others: () => others },
  );
  counter.serve(undefined);
  assert.equal(counter.refusalFor(undefined), undefined);
  others = 9;
  assert.equal(counter.refusalFor(undefined), "too-many-connections");
});

test("clients leave some files to others", () => {
  assert.equal(filesForClients(1_024), 819);
  assert.equal(filesForClients(Number.POSITIVE_INFINITY), Number.POSITIVE_INFINITY);
  assert.ok(maxOpenFiles() > 0);
});
