import assert from "node:assert/strict";
import { test } from "node:test";
import { LocalProtocolError, ProtocolError, RemoteProtocolError } from "../../src/http/errors.ts";

test("the client's errors hint at 400 unless they say otherwise, the server's own at 500", () => {
  assert.equal(new RemoteProtocolError("x").statusHint, 400);
  assert.equal(new RemoteProtocolError("x", 431).statusHint, 431);
  assert.equal(new LocalProtocolError("x").statusHint, 500);
});

test("both are protocol errors that bear their own name", () => {
  for (const error of [new RemoteProtocolError("x"), new LocalProtocolError("x")]) {
    assert.ok(error instanceof ProtocolError);
    assert.equal(error.name, error.constructor.name);
  }
});
