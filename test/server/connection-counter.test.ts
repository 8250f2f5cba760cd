import assert from "node:assert/strict";
import { test } from "node:test";
import { ConnectionCounter } from "../../src/server/connection-counter.ts";
import { affordableConnections, maxOpenFiles } from "../../src/server/open-files.ts";

test("so many connections are served, and one more when one has left", () => {
  const counter = new ConnectionCounter({ total: 2, perAddress: 0 });
  assert.equal(counter.enter("192.0.2.1"), undefined);
  assert.equal(counter.enter("192.0.2.1"), undefined);
  assert.equal(counter.enter("192.0.2.2"), "too-many-connections");
  counter.leave("192.0.2.2");
  counter.leave("192.0.2.1");
  assert.equal(counter.enter("192.0.2.3"), undefined);
});

test("one client's connections are counted by themselves, those without an address not at all", () => {
  const counter = new ConnectionCounter({ total: 0, perAddress: 1 });
  assert.equal(counter.enter("192.0.2.1"), undefined);
  assert.equal(counter.enter("192.0.2.1"), "too-many-connections-of-one-client");
  assert.equal(counter.enter("192.0.2.2"), undefined);
  assert.equal(counter.enter(undefined), undefined);
  assert.equal(counter.enter(undefined), undefined);
  counter.leave("192.0.2.1");
  assert.equal(counter.enter("192.0.2.1"), "too-many-connections-of-one-client");
  counter.leave("192.0.2.1");
  counter.leave("192.0.2.1");
  assert.equal(counter.enter("192.0.2.1"), undefined);
});

test("only so many are told that they are too many", () => {
  const counter = new ConnectionCounter({ total: 320, perAddress: 0 });
  for (let count = 0; count < 340; count += 1) counter.enter(undefined);
  assert.equal(counter.isOverrun, false);
  counter.enter(undefined);
  assert.equal(counter.isOverrun, true);
});

test("connections leave room for other open files", () => {
  assert.equal(affordableConnections(32_768, 1_024), 819);
  assert.equal(affordableConnections(100, 1_024), 100);
  assert.equal(affordableConnections(0, 1_024), 819);
  assert.equal(affordableConnections(0, Number.POSITIVE_INFINITY), 0);
  assert.ok(maxOpenFiles() > 0);
});
