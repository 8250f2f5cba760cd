/** What a server counts of its connections and requests. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ClientConnection } from "../../src/client/client-connection.ts";
import { Server } from "../../src/server/server.ts";
import { countOf } from "../../src/stats/histogram.ts";
import type { Application } from "../../src/wsgi/types.ts";
import { until } from "../support/until.ts";

const SILENT = { warning: () => {}, error: () => {}, raw: () => {} };

/** Requests for /held wait until {@link Held.letGo}. */
class Held {
  #waiting: (() => void)[] = [];

  readonly application: Application = async (environ, startResponse) => {
    if (environ["portico.engine"] !== undefined) environ["portico.engine"].queueTime = 0.25;
    if (environ.PATH_INFO === "/held") {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    startResponse("200 OK", []);
    return [Buffer.from("answer")];
  };

  letGo(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}

async function serving(application: Application): Promise<Server> {
  const server = await Server.listen(application, {
    addresses: [{ kind: "tcp", host: "127.0.0.1", port: 0 }],
    backlog: 100,
    software: "test",
    multiprocess: false,
    log: SILENT,
  });
  server.start();
  return server;
}

async function inState(server: Server, state: string, count: number): Promise<void> {
  const { present } = server.statistics;
  assert.ok(state in present.connections, state);
  await until(state, () => server.statistics.present.connections[state] === count);
}

describe("a server's statistics", () => {
  test("tell what each connection does", async () => {
    const held = new Held();
    await using server = await serving(held.application);
    using idle = await ClientConnection.open(server.port);
    await inState(server, "idle", 1);
    idle.socket.write("GET / HT");
    await inState(server, "reading", 1);
    using answering = await ClientConnection.open(server.port);
    answering.request("GET", "/held");
    await inState(server, "answering", 1);
    using sending = await ClientConnection.open(server.port);
    sending.socket.write("POST /held HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n12");
    await inState(server, "reading", 2);
    assert.equal(server.statistics.present.inFlight, 2);
    held.letGo();
    await answering.answer();
    await inState(server, "answering", 0);
    assert.equal(server.statistics.totals.connections, 3);
    sending.socket.write("345");
    await sending.answer();
    assert.equal(server.statistics.present.inFlight, 0);
  });

  test("tell which connections speak another protocol", async () => {
    const application: Application = (environ, startResponse) => {
      environ["portico.upgrade"]?.([["Upgrade", "x"]]).resume();
      startResponse("101 Switching Protocols", []);
      return [];
    };
    await using server = await serving(application);
    using client = await ClientConnection.open(server.port);
    const fields = [["Connection", "upgrade"] as const, ["Upgrade", "x"] as const];
    client.request("GET", "/", { fields });
    assert.equal((await client.head()).status, 101);
    await inState(server, "upgraded", 1);
    assert.equal(server.statistics.present.inFlight, 0);
    assert.deepEqual(server.statistics.totals.requests.answered, { "GET 101": 1 });
    client.socket.destroy();
    await inState(server, "upgraded", 0);
  });

  test("count a request once it has ended, with its bytes and its time in the queue", async () => {
    const held = new Held();
    await using server = await serving(held.application);
    using client = await ClientConnection.open(server.port);
    client.request("GET", "/held");
    await inState(server, "answering", 1);
    assert.deepEqual(server.statistics.totals.requests.answered, {});
    held.letGo();
    await client.answer();
    const { answered, bytesSent, durations, queueTimes } = server.statistics.totals.requests;
    assert.deepEqual(answered, { "GET 200": 1 });
    assert.equal(bytesSent, 6);
    assert.equal(countOf(durations), 1);
    assert.deepEqual([countOf(queueTimes), queueTimes.sum], [1, 0.25]);
  });

  test("count a client that left before it was answered as 499", async () => {
    const held = new Held();
    await using server = await serving(held.application);
    using client = await ClientConnection.open(server.port);
    client.request("GET", "/held");
    await inState(server, "answering", 1);
    client.socket.resetAndDestroy();
    await until("it has left", () => server.statistics.present.connections.answering === 0);
    held.letGo();
    await until("it has ended", () => server.statistics.present.inFlight === 0);
    assert.deepEqual(server.statistics.totals.requests.answered, { "GET 499": 1 });
  });

  test("count a refused client by the reason, and not as a request", async () => {
    await using server = await serving(new Held().application);
    using client = await ClientConnection.open(server.port);
    client.socket.write("GET / HTTP/9.0\r\n\r\n");
    await client.answer();
    const { answered, refused } = server.statistics.totals.requests;
    assert.deepEqual([answered, refused], [{}, { "new-version": 1 }]);
  });
});
