/** Limits counted in Redis: what is asked of a client, and that Redis counts as this process does. */

import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, before, describe, test } from "node:test";
import { createClient } from "redis";
import { type RedisClient, redisStore } from "../../src/middleware/redis-store.ts";

const QUOTA = { limit: 3, window: 60 };

describe("the store", () => {
  /** What a client is asked, each with what it answers. */
  class ScriptedClient implements RedisClient {
    readonly asked: { readonly script: string; readonly given: unknown }[] = [];
    readonly #answers: (() => Promise<unknown>)[];

    constructor(...answers: (() => Promise<unknown>)[]) {
      this.#answers = answers;
    }

    eval(script: string, given: unknown): Promise<unknown> {
      return this.evalSha(script, given);
    }

    evalSha(script: string, given: unknown): Promise<unknown> {
      this.asked.push({ script, given });
      return this.#answers.shift()?.() ?? Promise.reject(new Error("nothing more was expected"));
    }
  }

  const noScript = (): Promise<unknown> =>
    Promise.reject(new Error("NOSCRIPT No matching script."));

  test("asks by the script's digest, and sends the script where Redis does not have it", async () => {
    const client = new ScriptedClient(
      () => Promise.resolve([1, 2, 0, 20_000_000]),
      noScript,
      () => Promise.resolve([0, 0, 1_500_000, 60_000_000]),
    );
    const store = redisStore(client, { prefix: "app:" });
    assert.deepEqual(await store.take("a", QUOTA), {
      isAllowed: true,
      remaining: 2,
      retryAfter: 0,
      resetAfter: 20,
    });
    assert.deepEqual(await store.take("a", QUOTA), {
      isAllowed: false,
      remaining: 0,
      retryAfter: 1.5,
      resetAfter: 60,
    });
    const [first, second, third] = client.asked;
    assert.deepEqual(first?.given, { keys: ["app:a"], arguments: ["20000000", "60000000"] });
    assert.equal(second?.script, first?.script);
    assert.equal(
      createHash("sha1")
        .update(third?.script ?? "")
        .digest("hex"),
      first?.script,
    );
  });

  for (const [what, answer, message] of [
    ["an error of Redis", () => Promise.reject(new Error("LOADING")), /^LOADING$/],
    ["another reply", () => Promise.resolve("OK"), /something else than four numbers/],
    ["no reply in time", () => new Promise(() => {}), /did not answer within 20 ms/],
  ] as const) {
    test(`fails by ${what}`, async () => {
      const store = redisStore(new ScriptedClient(answer), { timeout: 20 });
      await assert.rejects(async () => store.take("a", QUOTA), { message });
    });
  }
});

const hasRedis = spawnSync("redis-server", ["--version"]).status === 0;

describe("Redis", { skip: hasRedis ? false : "redis-server is not installed" }, () => {
  let directory = "";
  let server: ChildProcess | undefined;
  const clientOf = () =>
    createClient({ socket: { path: join(directory, "redis.sock"), tls: false } });
  let client = clientOf();

  before(async () => {
    directory = mkdtempSync(join(tmpdir(), "portico-redis-"));
    const socket = join(directory, "redis.sock");
    const settings = ["--port", "0", "--unixsocket", socket, "--dir", directory, "--save", ""];
    server = spawn("redis-server", settings, { stdio: ["ignore", "pipe", "inherit"] });
    assert.ok(server.stdout !== null);
    for await (const line of createInterface(server.stdout)) {
      if (line.includes("eady to accept connections")) break;
    }
    server.stdout.resume();
    client = clientOf();
    await client.connect();
  });

  after(async () => {
    client.destroy();
    if (server?.exitCode === null && server.signalCode === null) {
      server.kill("SIGKILL");
      await once(server, "exit");
    }
    rmSync(directory, { recursive: true, force: true });
  });

  test("counts as this process does", async () => {
    const store = redisStore(client);
    const quota = { limit: 3, window: 3600 };
    const seen = [];
    for (const _ of [1, 2, 3, 4]) seen.push(await store.take("same", quota));
    assert.deepEqual(
      seen.map(({ isAllowed, remaining }) => [isAllowed, remaining]),
      [
        [true, 2],
        [true, 1],
        [true, 0],
        [false, 0],
      ],
    );
    const [first, , third, refused] = seen;
    assert.equal(first?.retryAfter, 0);
    for (const [value, about] of [
      [first?.resetAfter, 1200],
      [third?.retryAfter, 1200],
      [refused?.retryAfter, 1200],
      [refused?.resetAfter, 3600],
    ] as const) {
      assert.ok(Math.abs((value ?? 0) - about) < 60, `${String(value)} is about ${about}`);
    }
  });

  test("lets through exactly the limit of requests that come at once over two connections", async () => {
    const other = clientOf();
    await other.connect();
    try {
      const stores = [redisStore(client), redisStore(other)];
      const takes = Array.from({ length: 50 }, (_, at) =>
        stores[at % 2]?.take("at once", { limit: 20, window: 3600 }),
      );
      const decisions = await Promise.all(takes);
      assert.equal(decisions.filter((decision) => decision?.isAllowed).length, 20);
    } finally {
      other.destroy();
    }
  });

  test("gives back one request in the time that it says", async () => {
    const store = redisStore(client);
    const quota = { limit: 1000, window: 1 };
    let waited = 0;
    for (let taken = 0; taken < 3000; taken += 1) {
      const decision = await store.take("refilled", quota);
      if (!decision.isAllowed) waited += 1;
      assert.ok(decision.retryAfter <= 0.0011, String(decision.retryAfter));
    }
    assert.ok(waited < 3000);
  });

  test("tells of nothing left where the limit was larger before", async () => {
    const store = redisStore(client);
    await store.take("lowered", { limit: 1, window: 600 });
    const { isAllowed, remaining } = await store.take("lowered", { limit: 3, window: 60 });
    assert.deepEqual([isAllowed, remaining], [false, 0]);
  });

  test("forgets a key when its limit is whole again", async () => {
    await redisStore(client).take("kept", { limit: 2, window: 60 });
    const left = await client.pTTL("ratelimit:kept");
    assert.ok(left > 25_000 && left <= 30_000, String(left));
  });

  test("is asked again with the script after it has lost it", async () => {
    const store = redisStore(client);
    await store.take("lost", QUOTA);
    await client.scriptFlush();
    const decision = await store.take("lost", QUOTA);
    assert.equal(decision.remaining, 1);
  });
});
