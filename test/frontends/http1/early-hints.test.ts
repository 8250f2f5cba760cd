/** wsgi.early_hints of applications that never wait, and of clients that never read. */

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Application } from "../../../src/wsgi/types.ts";
import { Connections } from "./connections.ts";

const HINT_BYTES = 65_536;

/** Together far more than the system's own buffers on both sides take. */
const HINTS = 1000;

test("a hint leaves before the application returns, though it is pipelined", async () => {
  const waiting: number[] = [];
  const application: Application = (environ, startResponse) => {
    environ["wsgi.early_hints"]?.([["Link", "</a.css>"]]);
    waiting.push(connections.bytesWaiting);
    startResponse("200 OK", []);
    return [];
  };
  await using connections = await Connections.open(application);
  using client = await connections.connect();
  client.send("GET /1 HTTP/1.1\r\nHost: a\r\n\r\n".repeat(3));
  const heads: number[] = [];
  while (heads.length < 6) heads.push((await client.head()).status);
  assert.deepEqual(heads, [103, 200, 103, 200, 103, 200]);
  assert.deepEqual(waiting, [0, 0, 0]);
});

test("a client that does not read gets fewer hints and its whole answer", async () => {
  let mostWaiting = 0;
  const application: Application = (environ, startResponse) => {
    for (let hint = 0; hint < HINTS; hint += 1) {
      environ["wsgi.early_hints"]?.([["Link", "x".repeat(HINT_BYTES)]]);
      mostWaiting = Math.max(mostWaiting, connections.bytesWaiting);
    }
    startResponse("200 OK", []);
    return [Buffer.from("done")];
  };
  await using connections = await Connections.open(application);
  using client = await connections.connect();
  client.request("GET", "/");
  let hints = 0;
  for (;;) {
    const { status } = await client.head();
    if (status === 200) break;
    hints += 1;
  }
  assert.equal((await client.take(4)).toString(), "done");
  assert.ok(hints > 0 && hints < HINTS, `${hints} hints came`);
  assert.ok(mostWaiting < 3 * HINT_BYTES, `${mostWaiting} bytes waited`);
});
