/** How many connections a server has open, and what becomes of one more. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { ClientConnection } from "../../src/client/client-connection.ts";
import { fieldValue } from "../../src/client/field-list.ts";
import { makeServer } from "../../src/embed/make-server.ts";
import { application as echo } from "../apps/echo.ts";
import { held } from "../support/held.ts";
import { serveApplication } from "../support/serve-application.ts";

/** Clients of this machine are trusted as proxies otherwise, and not counted. */
const TRUSTS_NOBODY_HERE = { forwardedAllowIps: "192.0.2.1" };

test("one connection more than may be is answered 503, and the log names the setting", async () => {
  const busy = held();
  await using served = await serveApplication(busy.application, { connections: { total: 1 } });
  using first = await served.connect();
  first.request("GET", "/");
  await busy.begun;
  using second = await served.connect();
  second.request("GET", "/");
  const answer = await second.answer();
  assert.equal(answer.status, 503);
  assert.equal(fieldValue(answer.fields, "retry-after"), "1");
  assert.equal(fieldValue(answer.fields, "connection"), "close");
  assert.equal((await second.rest()).ended, "closed");
  await served.log.said(/Refused 127\.0\.0\.1 with 503: .*--limit-connections/);
  busy.goOn();
  assert.equal((await first.answer()).status, 200);
});

test("an idle connection makes room for one more", async () => {
  await using served = await serveApplication(echo, { connections: { total: 2 } });
  using silent = await served.connect();
  using idle = await served.connect();
  idle.request("GET", "/");
  assert.equal((await idle.answer()).status, 200);
  using third = await served.connect();
  third.request("GET", "/");
  assert.equal((await third.answer()).status, 200);
  assert.equal((await silent.rest()).ended, "closed");
  idle.request("GET", "/");
  assert.equal((await idle.answer()).status, 200);
});

test("one client's connection too many is answered 429", async () => {
  await using served = await serveApplication(echo, {
    connections: { perAddress: 1 },
    proxies: TRUSTS_NOBODY_HERE,
  });
  using first = await served.connect();
  using second = await served.connect();
  assert.equal((await second.answer()).status, 429);
  await served.log.said(/with 429: .*--limit-connections-per-address/);
  first.request("GET", "/");
  assert.equal((await first.answer()).status, 200);
});

test("the connections of a trusted proxy are not counted as one client's", async () => {
  await using served = await serveApplication(echo, { connections: { perAddress: 1 } });
  using first = await served.connect();
  using second = await served.connect();
  for (const client of [first, second]) {
    client.request("GET", "/");
    assert.equal((await client.answer()).status, 200);
  }
});

test("a place is free again when its connection has ended", async () => {
  await using served = await serveApplication(echo, {
    connections: { perAddress: 2 },
    proxies: TRUSTS_NOBODY_HERE,
  });
  for (let count = 0; count < 20; count += 1) {
    using client = await served.connect();
    client.request("GET", "/", { fields: [["Connection", "close"]] });
    assert.equal((await client.answer()).status, 200);
    client.finish();
    await new Promise((resolve) => client.socket.once("close", resolve));
  }
});

test("before a server has started no more connections wait than it may have", async () => {
  await using server = await makeServer("127.0.0.1", 0, echo, { connections: { total: 2 } });
  using first = await ClientConnection.open(server.port);
  using second = await ClientConnection.open(server.port);
  using third = await ClientConnection.open(server.port);
  // Refused without a word: nothing reads yet what it asks.
  assert.equal((await third.rest()).bytes.length, 0);
  server.start();
  for (const client of [first, second]) {
    client.request("GET", "/");
    assert.equal((await client.answer()).status, 200);
  }
});
