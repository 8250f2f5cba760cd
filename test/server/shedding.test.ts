/** What waits in memory for slow clients has a bound: past it the stalest make room. */

import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { buffers, DEFAULT_BUFFER_LIMITS, setBufferLimits } from "../../src/buffers/buffers.ts";
import type { Application } from "../../src/wsgi/types.ts";
import { application as echo } from "../apps/echo.ts";
import { held } from "../support/held.ts";
import { serveApplication } from "../support/serve-application.ts";
import { until } from "../support/until.ts";

afterEach(() => setBufferLimits(DEFAULT_BUFFER_LIMITS));

/** Of 50,000 bytes, without its end. */
const HALF_HEAD = `GET / HTTP/1.1\r\nHost: test\r\n${`X-Filling: ${"x".repeat(8_000)}\r\n`.repeat(6)}`;

test("an unfinished head too many is answered 503, and those before it go on", async () => {
  // Each counts for about 150,000 bytes: what it has in memory, and what becomes of it.
  await using served = await serveApplication(echo, { buffers: { memory: 400_000 } });
  const clients = [await served.connect(), await served.connect()];
  for (const client of clients) client.send(HALF_HEAD);
  await until("both heads have come", () => buffers.memory.used > 250_000);
  using third = await served.connect();
  third.send(HALF_HEAD);
  assert.equal((await third.answer()).status, 503);
  await served.log.said(/Refused 127\.0\.0\.1 with 503: .*--limit-buffer-memory/);
  for (const client of clients) {
    client.send("\r\n");
    assert.equal((await client.answer()).status, 200);
    client[Symbol.dispose]();
  }
  await until("all memory is given back", () => buffers.memory.used === 0);
});

test("a request that waited for the one before is not charged for when it is answered", async () => {
  const first = held("/first");
  // It stays open: closing would give the memory back as well.
  await using served = await serveApplication(first.application, {
    timeouts: { keepAlive: 60_000 },
  });
  using client = await served.connect();
  client.request("GET", "/first");
  await first.begun;
  client.request("GET", "/second");
  await until("the second has come", () => buffers.memory.used > 0);
  first.goOn();
  await client.answer();
  await client.answer();
  await until("its memory is given back", () => buffers.memory.used === 0);
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

test("an answer whose end is the connection's is cut with a reset when its server stops", async () => {
  const endless: Application = (_, startResponse) => {
    startResponse("200 OK", []);
    return pieces();
  };
  async function* pieces(): AsyncGenerator<Uint8Array> {
    yield Buffer.from("first");
    await new Promise(() => {});
  }
  await using served = await serveApplication(endless);
  using client = await served.connect();
  client.request("GET", "/", { version: "HTTP/1.0" });
  await client.head();
  await served.server.close(0);
  assert.equal((await client.rest()).ended, "reset");
});

test("a connection of another protocol whose client reads nothing is cut where memory is short", async () => {
  const application: Application = (environ, startResponse) => {
    environ["portico.upgrade"]?.([["Upgrade", "x"]]).write(Buffer.alloc(50_000_000));
    startResponse("101 Switching Protocols", []);
    return [];
  };
  await using served = await serveApplication(application, { buffers: { memory: 100_000 } });
  using client = await served.connect();
  const fields = [["Connection", "upgrade"] as const, ["Upgrade", "x"] as const];
  client.request("GET", "/", { fields });
  await served.log.said(/Cut off 127\.0\.0\.1: .*--limit-buffer-memory/);
  assert.equal((await client.head()).status, 101);
  assert.ok((await client.rest()).bytes.length < 50_000_000);
});
