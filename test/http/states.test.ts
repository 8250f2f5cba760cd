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

function asking(): ConnectionStates {
  const states = new ConnectionStates();
  states.moveClient("request-head");
  states.moveClient("end-of-message");
  states.proposeSwitch();
  return states;
}

test("a client that asks for another protocol has both sides switch, or none", () => {
  const switched = asking();
  assert.equal(switched.client, "might-switch-protocol");
  switched.switchProtocol();
  assert.deepEqual([switched.client, switched.server], ["switched-protocol", "switched-protocol"]);
  assert.throws(() => switched.switchProtocol(), LocalProtocolError);
  assert.throws(() => switched.moveServer("response-head"), LocalProtocolError);

  const answered = asking();
  answered.moveServer("informational-head");
  assert.equal(answered.client, "might-switch-protocol");
  answered.moveServer("response-head");
  assert.throws(() => answered.switchProtocol(), LocalProtocolError);
  answered.moveServer("end-of-message");
  answered.startNextCycle();
  assert.deepEqual([answered.client, answered.server], ["idle", "idle"]);
});

test("who has not asked for another protocol, or has more to send, does not get it", () => {
  const states = new ConnectionStates();
  states.moveClient("request-head");
  states.proposeSwitch();
  assert.throws(() => states.switchProtocol(), LocalProtocolError);
  states.moveClient("end-of-message");
  assert.throws(() => states.switchProtocol(), LocalProtocolError);
  assert.equal(states.server, "send-response");
});

test("an answer without keep-alive ends a connection that might have switched", () => {
  const states = asking();
  states.disableKeepAlive();
  assert.equal(states.client, "might-switch-protocol");
  states.moveServer("response-head");
  assert.equal(states.client, "must-close");
});
