/** The requests of the public suites, sent to a real server over real sockets. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { bytesOf, type Case, settingsOf } from "../http/conformance-judges.ts";
import { casesOf, JUDGES, judgeUnlessExcepted, nameOf, skip } from "../http/conformance-suites.ts";
import type { ReadSettings } from "../http/every-cut.ts";
import { WatchedServer } from "./read-over-sockets.ts";

const SUITES = ["gunicorn", "llhttp", "h1spec"] as const;

/** Cases that are under way at a time. */
const CONCURRENCY = 16;

/**
 * Of those that are told apart by their client's port, which a PROXY line would change: such cases
 * are judged in test/http.
 */
function overSocketsOf(suite: string): readonly Case[] {
  return casesOf(suite).filter((each) => each.config?.proxy_protocol === undefined);
}

/** One server for each set of settings that a case wants. */
const servers = new Map<string, WatchedServer>();

function serverFor(settings: ReadSettings): WatchedServer {
  const server = servers.get(JSON.stringify(settings));
  assert.ok(server !== undefined);
  return server;
}

before(async () => {
  if (skip !== false) return;
  for (const each of SUITES.flatMap(overSocketsOf)) {
    const settings = settingsOf(each.config ?? {});
    const key = JSON.stringify(settings);
    if (!servers.has(key)) servers.set(key, await WatchedServer.open(settings));
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
    const running = overSocketsOf(suite).map((each) => {
      const id = `${suite}/${each.id}`;
      return context.test(nameOf(id), () => play(id, each, suite));
    });
    await Promise.all(running);
  });
}

async function play(id: string, each: Case, suite: string): Promise<void> {
  const server = serverFor(settingsOf(each.config ?? {}));
  const bytes = bytesOf(each);
  const whole = await server.read(bytes, "whole");
  assert.deepEqual(await server.read(bytes, "byte by byte"), whole);
  const cutShort = await server.read(bytes, "whole, and then the client's end");
  judgeUnlessExcepted(id, () => JUDGES[suite]?.(each, { whole, cutShort }));
}
