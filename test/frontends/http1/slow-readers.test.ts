/** Clients that read slowly, late or not at all: they lose nothing and hold no memory without bound. */

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Application } from "../../../src/wsgi/types.ts";
import { Connections } from "./connections.ts";

const PIECE_BYTES = 65_536;

/** Far more than the system's own buffers on both sides take. */
const PIECES = 1000;

test("a slow reader gets all of an answer, which is made no faster than it is read", async () => {
  let made = 0;
  function* pieces(): Generator<Uint8Array> {
    for (; made < PIECES; made += 1) yield Buffer.alloc(PIECE_BYTES, made % 251);
  }
  const application: Application = (_environ, startResponse) => {
    startResponse("200 OK", [["Content-Length", String(PIECES * PIECE_BYTES)]]);
    return pieces();
  };
  await using connections = await Connections.open(application);
  using client = await connections.connect();
  client.request("GET", "/");
  await connections.stalled();
  assert.ok(made < PIECES / 2, `${made} pieces were made for a client that reads nothing`);
  assert.ok(connections.bytesWaiting <= 2 * PIECE_BYTES, `${connections.bytesWaiting} bytes wait`);
  await client.head();
  for (let piece = 0; piece < PIECES; piece += 1) {
    const expected = Buffer.alloc(PIECE_BYTES, piece % 251);
    assert.ok((await client.take(PIECE_BYTES)).equals(expected), `piece ${piece}`);
  }
});

test("a client that sends requests and reads no answers has only some of them answered", async () => {
  let calls = 0;
  const application: Application = (_environ, startResponse) => {
    calls += 1;
    startResponse("200 OK", []);
    return [Buffer.alloc(PIECE_BYTES, calls % 251)];
  };
  await using connections = await Connections.open(application);
  using client = await connections.connect();
  for (let request = 0; request < PIECES; request += 1) client.request("GET", "/");
  await connections.stalled();
  assert.ok(calls < PIECES / 2, `${calls} answers were made for a client that reads none`);
  for (let answer = 1; answer <= PIECES; answer += 1) {
    const { body } = await client.answer();
    assert.ok(body.equals(Buffer.alloc(PIECE_BYTES, answer % 251)), `answer ${answer}`);
  }
});

test("a body that the application does not read holds its client back", async () => {
  let goOn: () => void = () => {};
  const held = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  const application: Application = async (environ, startResponse) => {
    await held;
    const body = await environ["wsgi.input"].read();
    startResponse("200 OK", []);
    return [Buffer.from(String(body.length))];
  };
  await using connections = await Connections.open(application);
  using client = await connections.connect();
  const size = PIECES * PIECE_BYTES;
  client.request("POST", "/", { body: Buffer.alloc(size) });
  await connections.received(PIECE_BYTES);
  await connections.quiet();
  assert.ok(connections.bytesRead < size / 2, `${connections.bytesRead} bytes were read`);
  goOn();
  assert.equal((await client.answer()).body.toString(), String(size));
});
