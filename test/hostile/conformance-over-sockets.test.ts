/** The requests of the public suites, sent to a real server over real sockets. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { HttpLimits } from "../../src/http/limits.ts";
import { bytesOf, type Case, limitsOf } from "../http/conformance-judges.ts";
import { casesOf, JUDGES, judgeUnlessExcepted, nameOf, skip } from "../http/conformance-suites.ts";
import { WatchedServer } from "./read-over-sockets.ts";

const SUITES = ["gunicorn", "llhttp", "h1spec"] as const;

/** Cases that are under way at a time. */
const CONCURRENCY = 16;

/** One server for each set of limits that a case wants. */
const servers = new Map<string, WatchedServer>();

function serverFor(limits: HttpLimits): WatchedServer {
  const server = servers.get(JSON.stringify(limits));
  assert.ok(server !== undefined);
  return server;
}

before(async () => {
  if (skip !== false) return;
  for (const each of SUITES.flatMap(casesOf)) {
    const limits = limitsOf(each.config ?? {});
    const key = JSON.stringify(limits);
    if (!servers.has(key)) servers.set(key, await WatchedServer.open(limits));
  }
});

after(async () => {
  for (const server of servers.values()) await server[Symbol.asyncDispose]();
});

for (const suite of SUITES) {
  test(`every case of ${suite} comes to the same over a socket, whole and byte by byte`, {
    skip,
    concurrency: CONCURRENCY,
  }, async (context) => {
    const running = casesOf(suite).map((each) => {
      const id = `${suite}/${each.id}`;
      return context.test(nameOf(id), () => play(id, each, suite));
    });
    await Promise.all(running);
  });
}

async function play(id: string, each: Case, suite: string): Promise<void> {
  const server = serverFor(limitsOf(each.config ?? {}));
  const bytes = bytesOf(each);
  const whole = await server.read(bytes, "whole");
  assert.deepEqual(await server.read(bytes, "byte by byte"), whole);
  const cutShort = await server.read(bytes, "whole, and then the client's end");
  judgeUnlessExcepted(id, () => JUDGES[suite]?.(each, { whole, cutShort }));
}
