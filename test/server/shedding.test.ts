/** What waits in memory for slow clients has a bound: past it the stalest make room. */

import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { DEFAULT_BUFFER_LIMITS, setBufferLimits } from "../../src/buffers/buffers.ts";
import type { Application } from "../../src/wsgi/types.ts";
import { application as echo } from "../apps/echo.ts";
import { serveApplication } from "../support/serve-application.ts";

afterEach(() => setBufferLimits(DEFAULT_BUFFER_LIMITS));

/** Of 50,000 bytes, without its end. */
const HALF_HEAD = `GET / HTTP/1.1\r\nHost: test\r\n${`X-Filling: ${"x".repeat(8_000)}\r\n`.repeat(6)}`;

test("of too many unfinished heads the oldest is answered 503, and the others go on", async () => {
  await using served = await serveApplication(echo, { buffers: { memory: 100_000 } });
  using first = await served.connect();
  first.send(HALF_HEAD);
  using second = await served.connect();
  second.send(HALF_HEAD);
  using third = await served.connect();
  third.send(HALF_HEAD);
  const answer = await first.answer();
  assert.equal(answer.status, 503);
  await served.log.said(/Refused 127\.0\.0\.1 with 503: .*--limit-buffer-memory/);
  for (const client of [second, third]) {
    client.send("\r\n");
    assert.equal((await client.answer()).status, 200);
  }
});

test("an answer that is not read is cut where memory is short, and the log says so", async () => {
  const endless: Application = (_, startResponse) => {
    startResponse("200 OK", []);
    return pieces();
  };
  function* pieces(): Generator<Uint8Array> {
    for (;;) yield Buffer.alloc(200_000);
  }
  await using served = await serveApplication(endless, { buffers: { memory: 100_000 } });
  using client = await served.connect();
  client.request("GET", "/");
  await served.log.said(/Cut off 127\.0\.0\.1: .*--limit-buffer-memory/);
  const answer = await client.answer();
  assert.deepEqual([answer.status, answer.isWhole], [200, false]);
});
