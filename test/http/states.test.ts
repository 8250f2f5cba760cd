import assert from "node:assert/strict";
import { test } from "node:test";
import { LocalProtocolError } from "../../src/http/errors.ts";
import { CLIENT_MOVES, ConnectionStates, SERVER_MOVES } from "../../src/http/states.ts";

test("every state that a move leads to is a state with moves of its own", () => {
  for (const moves of [CLIENT_MOVES, SERVER_MOVES]) {
    const targets: string[] = Object.values(moves).flatMap((nexts) => Object.values(nexts));
    for (const target of targets) assert.ok(target in moves, target);
  }
});

test("a request head is what makes the server's turn", () => {
  const states = new ConnectionStates();
  assert.throws(() => states.moveServer("informational-head"), LocalProtocolError);
  states.moveClient("request-head");
  assert.equal(states.server, "send-response");
  states.moveServer("informational-head");
  states.moveServer("response-head");
  assert.throws(() => states.moveServer("response-head"), LocalProtocolError);
});

test("a new cycle begins when both sides are done, and not before", () => {
  const states = new ConnectionStates();
  states.moveClient("request-head");
  states.moveServer("response-head");
  states.moveServer("end-of-message");
  assert.throws(() => states.startNextCycle(), LocalProtocolError);
  states.moveClient("end-of-message");
  states.startNextCycle();
  assert.deepEqual([states.client, states.server], ["idle", "idle"]);
});

test("without keep-alive both sides must close after their messages", () => {
  const states = new ConnectionStates();
  states.moveClient("request-head");
  states.moveClient("end-of-message");
  states.disableKeepAlive();
  states.moveServer("response-head");
  states.moveServer("end-of-message");
  assert.deepEqual([states.client, states.server], ["must-close", "must-close"]);
  assert.throws(() => states.startNextCycle(), LocalProtocolError);
  states.moveClient("connection-closed");
  assert.equal(states.client, "closed");
});

test("a client in error makes no move, while the server may still answer", () => {
  const states = new ConnectionStates();
  states.failClient();
  assert.throws(() => states.moveClient("request-head"), LocalProtocolError);
  assert.equal(states.keepAlive, false);
  states.moveServer("response-head");
  states.moveServer("end-of-message");
  assert.equal(states.server, "must-close");
});
