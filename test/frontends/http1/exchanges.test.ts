/** What the access log is told of each request. */

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Exchange } from "../../../src/frontends/http1/server-context.ts";
import type { Application } from "../../../src/wsgi/types.ts";
import type { Told } from "../../apps/as_told.ts";
import { application } from "../../apps/everything.ts";
import { Connections } from "./connections.ts";

const asTold = (told: Told): string => `/as_told?${encodeURIComponent(JSON.stringify(told))}`;

/** Requests, and the body bytes that they are answered with. */
const ANSWERS: readonly (readonly [
  method: string,
  target: string,
  status: number,
  bytes: number,
])[] = [
  ["GET", asTold({ items: ["hello"] }), 200, 5],
  ["GET", asTold({ items: ["he", "llo"], lazily: true }), 200, 5],
  ["GET", asTold({ written: ["he"], items: ["llo"] }), 200, 5],
  ["GET", asTold({ items: [] }), 200, 0],
  ["HEAD", asTold({ items: ["hello"] }), 200, 0],
  ["HEAD", asTold({ items: ["hello"], lazily: true }), 200, 0],
  ["HEAD", asTold({ items: ["hello"], headers: [["Content-Length", "5"]], lazily: true }), 200, 0],
  ["GET", asTold({ status: "204 No Content", items: ["hello"] }), 204, 0],
  ["GET", asTold({ status: "304 Not Modified", items: ["hello"], lazily: true }), 304, 0],
  ["GET", asTold({ items: ["hello world"], headers: [["Content-Length", "5"]] }), 200, 5],
  [
    "GET",
    asTold({ items: ["hel", "lo world"], headers: [["Content-Length", "5"]], lazily: true }),
    200,
    5,
  ],
  ["GET", asTold({ written: ["hello", " world"], headers: [["Content-Length", "5"]] }), 200, 5],
  ["GET", "/raises?when=called", 500, "500 Internal Server Error\n".length],
  ["POST", "/ignores_body", 200, "ignored".length],
];

test("each answered request is told once, with its status and the bytes of its body", async () => {
  await using connections = await Connections.open(application);
  using client = await connections.connect();
  for (const [method, target, status, bytes] of ANSWERS) {
    client.request(method, target);
    await client.answer(method);
    const exchange = connections.exchanges.shift();
    assert.equal(exchange?.request.target, target);
    assert.equal(exchange.response?.statusCode, status, `${method} ${target}`);
    assert.equal(exchange.bodyBytesSent, bytes, `${method} ${decodeURIComponent(target)}`);
    assert.deepEqual(connections.exchanges, []);
  }
});

test("a request is told with when it began, how long it took, and its environ", async () => {
  await using connections = await Connections.open(application);
  using client = await connections.connect();
  const before = Date.now();
  client.request("GET", "/starts_late?a=b");
  await client.answer();
  const exchange = only(connections.exchanges);
  assert.ok(exchange.durationMilliseconds >= 0);
  // Two clocks are compared, of which one may be set.
  assert.ok(Math.abs(exchange.startTime - before) < 10_000);
  assert.equal(exchange.environ.QUERY_STRING, "a=b");
});

test("a client that leaves before it is answered is told without a response", async () => {
  let left: () => void = () => {};
  const application = (): Promise<never> =>
    new Promise((_resolve, reject) => {
      left = () => reject(new Error("too late"));
    });
  await using connections = await Connections.open(application);
  using client = await connections.connect();
  client.request("GET", "/");
  await connections.received(1);
  client.socket.resetAndDestroy();
  await connections.closed();
  left();
  await new Promise(setImmediate);
  assert.equal(only(connections.exchanges).response, undefined);
});

test("a request that is refused in the middle of its body is told once", async () => {
  await using connections = await Connections.open(application);
  using client = await connections.connect();
  client.request("POST", "/echo", {
    fields: [["Transfer-Encoding", "chunked"]],
    body: "no chunk size\r\n",
  });
  assert.equal((await client.answer()).status, 400);
  await client.rest();
  assert.equal(only(connections.exchanges).response?.statusCode, 400);
});

function only(exchanges: readonly Exchange[]): Exchange {
  const [exchange, ...others] = exchanges;
  assert.deepEqual(others, []);
  assert.ok(exchange !== undefined);
  return exchange;
}

test("a request is told with the time in an engine's queue, also where its environ is frozen", async () => {
  const application: Application = (environ, startResponse) => {
    Object.assign(environ["portico.engine"] ?? {}, { queueTime: 0.5 });
    if (environ.PATH_INFO === "/frozen") Object.freeze(environ);
    startResponse("200 OK", []);
    return [];
  };
  await using connections = await Connections.open(application);
  using client = await connections.connect();
  for (const target of ["/", "/frozen"]) {
    client.request("GET", target);
    assert.equal((await client.answer()).status, 200);
  }
  const told = connections.exchanges.map(({ environ }) => environ["portico.queue_time"]);
  assert.deepEqual(told, [0.5, 0]);
});
