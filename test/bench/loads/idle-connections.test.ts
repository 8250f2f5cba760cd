/** Idle connections are those that were answered, and that would be answered again. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { BesideIdleLoad } from "../../../bench/loads/beside-idle.ts";
import { IdleConnections } from "../../../bench/loads/idle-connections.ts";
import { sayHello, serve } from "./serving.ts";

const signal = new AbortController().signal;

test("so many are open at the same time, and answered again", async () => {
  let open = 0;
  await using server = await serve();
  server.http.on("connection", (socket) => {
    open += 1;
    socket.on("close", () => {
      open -= 1;
    });
  });
  using idle = await IdleConnections.open(server, 250);
  assert.equal(open, 250);
  await idle.verify();
  assert.equal(open, 250);
});

test("a server that closes one is told of", async () => {
  await using server = await serve();
  using idle = await IdleConnections.open(server, 5);
  server.http.closeIdleConnections();
  await assert.rejects(
    idle.verify(),
    /the server kept about 0 of 5 idle connections: ConnectionEnded/,
  );
});

test("a server that does not serve so many is told of, with how many it did", async () => {
  let requests = 0;
  await using server = await serve((request, response) => {
    requests += 1;
    if (requests <= 3) sayHello(request, response);
    else response.destroy();
  });
  await assert.rejects(
    IdleConnections.open(server, 5),
    /3 of 5 connections were answered, .*ConnectionEnded.*ulimit -n/,
  );
});

test("another load runs while they are open", async () => {
  await using server = await serve();
  const busy = {
    words: "a load",
    connections: 1,
    run: () => Promise.resolve({ requestsPerSecond: 1, connectionsServed: openNow() }),
  };
  let open = 0;
  const openNow = (): number => open;
  server.http.on("connection", () => {
    open += 1;
  });
  const load = new BesideIdleLoad(busy, 30);
  assert.deepEqual(await load.run({ server, seconds: 1, signal }), {
    requestsPerSecond: 1,
    connectionsServed: 30,
  });
  assert.equal(load.words, "a load beside 30 idle ones");
});
