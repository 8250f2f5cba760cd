/** The open-loop client in its own process, before servers that answer, answer wrongly, or do not. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { FixedRateLoad, measurementOf } from "../../../bench/loads/fixed-rate.ts";
import type { Load } from "../../../bench/loads/load.ts";
import { BODY, sayHello, serve } from "./serving.ts";

const signal = new AbortController().signal;
const seconds = 0.5;
const rate = 100;

test("as many requests are made as the rate says, over few connections that are kept", async () => {
  let connections = 0;
  let requests = 0;
  await using server = await serve((request, response) => {
    requests += 1;
    sayHello(request, response);
  });
  server.http.on("connection", () => {
    connections += 1;
  });
  const { errors, p50, p999 } = await new FixedRateLoad({ rate, connections: 3 }).run({
    server,
    seconds,
    signal,
  });
  assert.deepEqual([requests, errors, connections], [rate * (1 + seconds), 0, 3]);
  assert.ok(p50 !== undefined && p999 !== undefined && p50 > 0 && p50 <= p999);
});

test("a connection that the server closes is opened anew", async () => {
  await using server = await serve((_request, response) => {
    response.writeHead(200, { Connection: "close", "Content-Length": BODY.length }).end(BODY);
  });
  const turn = { server, seconds, signal };
  assert.equal((await new FixedRateLoad({ rate, connections: 3 }).run(turn)).errors, 0);
});

test("slow requests are made, and do not count", async () => {
  const paths: string[] = [];
  const slowest = 1.5;
  await using server = await serve((request, response) => {
    paths.push(request.url ?? "");
    const answer = (): void => sayHello(request, response);
    if (request.url === "/slow") setTimeout(answer, slowest * 1_000);
    else answer();
  });
  const slow = { path: "/slow", every: 10 };
  const { p999 = Number.NaN } = await new FixedRateLoad({ rate, connections: 20, slow }).run({
    server,
    seconds,
    signal,
  });
  assert.equal(paths.filter((path) => path === "/slow").length, paths.length / 10);
  assert.ok(p999 < slowest, `${p999}`);
});

test("wrong answers are errors", async () => {
  let requests = 0;
  await using server = await serve((request, response) => {
    requests += 1;
    if (requests % 2 === 0) sayHello(request, response);
    else response.writeHead(200, { "Content-Length": 5 }).end("wrong");
  });
  const turn = { server, seconds, signal };
  const { errors } = await new FixedRateLoad({ rate, connections: 3 }).run(turn);
  assert.equal(errors, requests / 2);
});

test("a server that only refuses gives no measurement, but the reason", async () => {
  await using server = await serve((_request, response) => {
    response.writeHead(503, { "Content-Length": 4 }).end("busy");
  });
  const turn = { server, seconds, signal };
  await assert.rejects(
    new FixedRateLoad({ rate, connections: 3 }).run(turn),
    /not one answer: 150 × 503 "busy"/,
  );
});

test("the rate is made of the best of the servers that are named", async () => {
  const speeds: Readonly<Record<string, number>> = { one: 40, two: 200 };
  const load: Load = {
    words: "",
    connections: 1,
    run: ({ server }) => Promise.resolve({ requestsPerSecond: speeds[server.name] ?? 0 }),
  };
  const calibration = { part: 0.5, servers: ["one", "two"], load };
  const fixed = new FixedRateLoad({ rate: calibration, connections: 3 });
  await fixed.prepare(async (name) => ({ ...(await serve()), name }), signal);
  assert.equal(fixed.words, "100 requests/s (0.5 × the best of one, two), 3 connections");
});

test("what had no answer lessens the requests a second", () => {
  const report = { answered: 75, failed: 25, faults: [], p50: 1, p99: 2, p999: 3 };
  assert.deepEqual(measurementOf(report, 200, 1.5), {
    requestsPerSecond: 150,
    cpuSecondsPerRequest: 0.02,
    p50: 1,
    p99: 2,
    p999: 3,
    errors: 25,
  });
});
