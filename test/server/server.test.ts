/** Listening, serving one request or all, and closing. */

import assert from "node:assert/strict";
import { once } from "node:events";
import { Socket } from "node:net";
import { describe, test } from "node:test";
import { ask, ClientConnection } from "../../src/client/client-connection.ts";
import { fieldValue } from "../../src/client/field-list.ts";
import { Server, type ServerOptions } from "../../src/server/server.ts";
import type { Application } from "../../src/wsgi/types.ts";
import { application as ignoresBody } from "../apps/ignores_body.ts";
import { held } from "../support/held.ts";

const NOTHING = Buffer.alloc(0);
const LOCAL = { kind: "tcp", host: "127.0.0.1", port: 0 } as const;
const SILENT = { warning: () => {}, error: () => {}, raw: () => {} };

function listen(application: Application, options: Partial<ServerOptions> = {}): Promise<Server> {
  return Server.listen(application, {
    addresses: [LOCAL],
    backlog: 100,
    software: "test",
    multiprocess: false,
    log: SILENT,
    ...options,
  });
}

describe("handleRequest()", () => {
  test("serves one request, in the order in which connections came, and returns", async () => {
    await using server = await listen(ignoresBody);
    using first = await ClientConnection.open(server.port);
    using second = await ClientConnection.open(server.port);
    first.request("GET", "/");
    second.request("GET", "/");
    await server.handleRequest();
    const answer = await first.answer();
    assert.equal(answer.body.toString(), "ignored");
    assert.equal(fieldValue(answer.fields, "connection"), "close");
    assert.deepEqual(await first.rest(), { bytes: NOTHING, ended: "closed" });
    await server.handleRequest();
    assert.equal((await second.answer()).status, 200);
  });

  test("is not ended by the end of an earlier request's connection", async () => {
    await using server = await listen(ignoresBody);
    using first = await ClientConnection.open(server.port);
    first.request("GET", "/");
    await server.handleRequest();
    let hasReturned = false;
    const second = server.handleRequest().then(() => {
      hasReturned = true;
    });
    await first.answer();
    await first.rest();
    first.finish();
    await new Promise((resolve) => first.socket.once("close", resolve));
    await turns();
    assert.equal(hasReturned, false);
    assert.equal((await ask(server.port, "GET", "/")).status, 200);
    await second;
  });

  test("may be called several times at once, each for one request", async () => {
    await using server = await listen(ignoresBody);
    const handled = Promise.all([server.handleRequest(), server.handleRequest()]);
    for (let request = 0; request < 2; request += 1) {
      assert.equal((await ask(server.port, "GET", "/")).status, 200);
    }
    await handled;
  });

  test("returns when its client leaves without a request, and when the server closes", async () => {
    await using server = await listen(ignoresBody);
    const left = server.handleRequest();
    const client = await ClientConnection.open(server.port);
    client.socket.destroy();
    await left;
    const closed = server.handleRequest();
    await server.close();
    await closed;
  });
});

test("listenNoMore() also closes what is only being opened, and what was to be opened after that", async () => {
  await using server = await listen(ignoresBody, { addresses: [] });
  const opening = server.listenAlso([LOCAL, LOCAL], 100);
  await server.listenNoMore();
  await opening;
  assert.equal(server.addresses.length, 2);
  for (const address of server.addresses) {
    assert.ok(address.kind === "tcp");
    await assert.rejects(ClientConnection.open(address.port), { code: "ECONNREFUSED" });
  }
});

describe("close()", () => {
  test("waits for the open request, ends the idle connections and takes no new ones", async () => {
    const { application, begun, goOn } = held("/held");
    const server = await listen(application);
    const served = server.serveForever();
    using open = await ClientConnection.open(server.port);
    open.request("GET", "/held");
    await begun;
    using idle = await ClientConnection.open(server.port);
    idle.request("GET", "/");
    await idle.answer();
    const { port } = server;
    const closed = server.close();
    assert.deepEqual(await idle.rest(), { bytes: NOTHING, ended: "closed" });
    await assert.rejects(ClientConnection.open(port), /ECONNREFUSED/);
    goOn();
    const answer = await open.answer();
    assert.equal(answer.body.toString(), "done");
    assert.equal(fieldValue(answer.fields, "connection"), "close");
    open.finish();
    await closed;
    await served;
  });

  test("cuts the open request when its grace is over, and hurries when told again", async () => {
    for (const hurry of [false, true]) {
      const { application, begun } = held("/held");
      const server = await listen(application);
      server.start();
      using open = await ClientConnection.open(server.port);
      open.request("GET", "/held");
      await begun;
      const closed = server.close(hurry ? 60_000 : 0);
      if (hurry) await server.close(0);
      assert.deepEqual((await open.rest()).bytes, NOTHING);
      await closed;
    }
  });

  test("closes what the application of a request that it cuts has returned, once", async () => {
    let closed = 0;
    const application: Application = (_environ, startResponse) => {
      startResponse("200 OK", []);
      return {
        *[Symbol.iterator]() {
          for (;;) yield Buffer.alloc(65_536);
        },
        close: () => {
          closed += 1;
        },
      };
    };
    const server = await listen(application);
    server.start();
    using open = await ClientConnection.open(server.port);
    open.request("GET", "/");
    await open.take(100_000);
    await server.close(0);
    await turns();
    assert.equal(closed, 1);
  });

  test("tells connections that nobody serves yet that it stops", async () => {
    const server = await listen(ignoresBody);
    using client = await ClientConnection.open(server.port);
    client.request("GET", "/");
    await turns();
    const closed = server.close();
    const answer = await client.answer();
    assert.equal(answer.status, 503);
    assert.equal(fieldValue(answer.fields, "connection"), "close");
    client.finish();
    await closed;
  });

  test("waits for none that was reset before anybody served it", async () => {
    const server = await listen(ignoresBody);
    const socket = new Socket();
    server.accept(socket);
    socket.destroy();
    await once(socket, "close");
    server.start();
    const { connections } = server.statistics.present;
    assert.deepEqual(connections, {
      idle: 0,
      reading: 0,
      answering: 0,
      upgraded: 0,
      closing: 0,
      waiting: 0,
    });
    await server.close();
  });

  test("may be called again, and by `await using`", async () => {
    await using server = await listen(ignoresBody);
    server.start();
    await Promise.all([server.close(), server.close()]);
    await server.close();
  });
});

test("start() serves the connections that came before it", async () => {
  await using server = await listen(ignoresBody);
  using client = await ClientConnection.open(server.port);
  client.request("GET", "/");
  await turns();
  server.start();
  assert.equal((await client.answer()).status, 200);
  client.socket.destroy();
});

describe("startHealth()", () => {
  const health = { path: "/live", readyPath: "/ready" };

  test("answers health checks while the application is loaded; the rest waits for start()", async () => {
    await using server = await listen(ignoresBody, { health });
    server.startHealth();
    assert.equal((await ask(server.port, "GET", "/live")).status, 200);
    const ready = await ask(server.port, "GET", "/ready");
    assert.equal(ready.status, 503);
    assert.equal(ready.body.toString(), "starting\n");
    using client = await ClientConnection.open(server.port);
    client.request("GET", "/");
    await turns();
    server.start();
    const answer = await client.answer();
    assert.equal(answer.status, 200);
    assert.equal(fieldValue(answer.fields, "connection"), undefined);
    assert.equal((await ask(server.port, "GET", "/ready")).status, 200);
    client.socket.destroy();
  });

  test("answers 503 to what still waits when the server closes", async () => {
    const server = await listen(ignoresBody, { health });
    server.startHealth();
    using client = await ClientConnection.open(server.port);
    client.request("GET", "/");
    await turns();
    const closed = server.close();
    assert.equal((await client.answer()).status, 503);
    client.finish();
    await closed;
  });

  test("serves nobody earlier where there are no health checks", async () => {
    await using server = await listen(ignoresBody);
    server.startHealth();
    using client = await ClientConnection.open(server.port);
    client.request("GET", "/");
    await turns();
    assert.equal(server.requestsServed, 0);
    server.start();
    assert.equal((await client.answer()).status, 200);
    client.socket.destroy();
  });
});

test("deadlines are looked at by themselves", async () => {
  await using server = await listen(ignoresBody, { timeouts: { head: 50, linger: 50 } });
  server.start();
  using client = await ClientConnection.open(server.port);
  client.send("GET / HT");
  assert.equal((await client.answer()).status, 408);
  await client.rest();
});

/** A few turns of the event loop: what was going to happen at once has happened. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate);
}
