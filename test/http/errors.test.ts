import assert from "node:assert/strict";
import { test } from "node:test";
import { LocalProtocolError, ProtocolError, RemoteProtocolError } from "../../src/http/errors.ts";
import { REFUSALS } from "../../src/http/refusals.ts";

test("the client's errors hint at the status of their refusal, the server's own at 500", () => {
  assert.equal(new RemoteProtocolError("no-host").statusHint, 400);
  assert.equal(new RemoteProtocolError("many-fields").statusHint, 431);
  assert.equal(new LocalProtocolError("x").statusHint, 500);
});

test("a refusal says in the log what it is about", () => {
  const error = new RemoteProtocolError("repeated-field", "host");
  assert.equal(error.message, `${REFUSALS["repeated-field"].says}: host`);
  assert.equal(error.refusal, "repeated-field");
});

test("both are protocol errors that bear their own name", () => {
  for (const error of [new RemoteProtocolError("no-host"), new LocalProtocolError("x")]) {
    assert.ok(error instanceof ProtocolError);
    assert.equal(error.name, error.constructor.name);
  }
});
