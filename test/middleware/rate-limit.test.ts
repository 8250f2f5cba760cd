/** Who is refused, what everybody is told, and what happens while the store fails. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type RateLimitOptions, rateLimit } from "../../src/middleware/rate-limit.ts";
import { memoryStore, type RateLimitStore } from "../../src/middleware/rate-limit-store.ts";
import { createClient } from "../../src/testing/client.ts";
import type { Application, Environ } from "../../src/wsgi/types.ts";
import { asking, keptErrors } from "./asking.ts";

const hello: Application = (_environ, startResponse) => {
  startResponse("200 OK", [["Content-Type", "text/plain"]]);
  return [Buffer.from("hello")];
};

/** The store's time stands still unless it is moved. */
function limited(options: Partial<RateLimitOptions> = {}, clock = { now: 0 }) {
  const store = memoryStore({ now: () => clock.now });
  return {
    clock,
    client: createClient(rateLimit({ limit: 2, window: 60, store, ...options })(hello)),
  };
}

/** The statuses of requests from these addresses, one after the other. */
async function statuses(addresses: readonly string[]): Promise<readonly number[]> {
  const store = memoryStore({ now: () => 0 });
  const seen: number[] = [];
  for (const address of addresses) {
    const limit = rateLimit({ limit: 2, window: 60, store });
    seen.push((await asking(limit, hello, { REMOTE_ADDR: address })("GET", "/")).status);
  }
  return seen;
}

describe("a client", () => {
  test("is answered until its limit is used up, and told what is left", async () => {
    const { client } = limited();
    const [first, second, third] = [
      await client.get("/"),
      await client.get("/"),
      await client.get("/"),
    ];
    assert.deepEqual([first.status, second.status, third.status], [200, 200, 429]);
    assert.deepEqual(first.headers, [
      ["Content-Type", "text/plain"],
      ["RateLimit-Policy", '"default";q=2;w=60'],
      ["RateLimit", '"default";r=1;t=30'],
    ]);
    assert.equal(second.header("RateLimit"), '"default";r=0;t=60');
    assert.equal(third.text, "429 Too Many Requests\n");
    assert.equal(third.header("Retry-After"), "30");
    assert.equal(third.header("RateLimit"), '"default";r=0;t=60');
  });

  test("is let in again after the time that Retry-After says", async () => {
    const { client, clock } = limited();
    for (const _ of [1, 2]) await client.get("/");
    const refused = await client.get("/");
    clock.now += Number(refused.header("Retry-After")) * 1000;
    assert.equal((await client.get("/")).status, 200);
  });

  for (const [what, addresses, expected] of [
    [
      "with an IPv4 address, however it is written",
      ["192.0.2.1", "::ffff:192.0.2.1", "192.0.2.1", "192.0.2.2"],
      "200 200 429 200",
    ],
    [
      "with addresses of one IPv6 network of 64 bits",
      ["2001:db8::1", "2001:db8::ffff:1", "2001:db8:0:0:1::", "2001:db8:0:1::1"],
      "200 200 429 200",
    ],
    ["behind a Unix socket", ["", "", ""], "200 200 429"],
  ] as const) {
    test(`${what} has one limit`, async () => {
      assert.equal((await statuses(addresses)).join(" "), expected);
    });
  }

  test("has a limit for each key, and none without one", async () => {
    const { client } = limited({ limit: 1, key: (environ) => environ.HTTP_X_KEY });
    const ask = async (key?: string): Promise<number> =>
      (await client.get("/", key === undefined ? {} : { headers: { "X-Key": key } })).status;
    assert.deepEqual([await ask("a"), await ask("a"), await ask("b")], [200, 429, 200]);
    const free = await client.get("/");
    assert.deepEqual([free.status, free.header("RateLimit")], [200, undefined]);
  });

  test("has limits of two names beside one another", async () => {
    const store = memoryStore({ now: () => 0 });
    const inner = rateLimit({ limit: 1, window: 1, name: "burst", store })(hello);
    const client = createClient(rateLimit({ limit: 9, window: 60, name: "hourly", store })(inner));
    const answer = await client.get("/");
    assert.deepEqual(
      answer.headers.filter(([name]) => name === "RateLimit").map(([, value]) => value),
      ['"burst";r=0;t=1', '"hourly";r=8;t=7'],
    );
    assert.equal((await client.get("/")).header("RateLimit-Policy"), '"burst";q=1;w=1');
  });
});

test("keys reach the store with the limit's name, and long ones as a digest", async () => {
  const keys: string[] = [];
  const store: RateLimitStore = {
    take(key) {
      keys.push(key);
      return { isAllowed: true, remaining: 1, retryAfter: 0, resetAfter: 1 };
    },
  };
  const key = ({ HTTP_X_KEY }: Environ): string | undefined => HTTP_X_KEY;
  const ask = asking(rateLimit({ limit: 1, window: 1, store, key }), hello);
  for (const each of ["k", "k".repeat(64), "k".repeat(65), `${"k".repeat(64)}l`]) {
    await ask("GET", "/", { headers: { "X-Key": each } });
  }
  assert.deepEqual(keys.slice(0, 2), ["default:k", `default:${"k".repeat(64)}`]);
  assert.match(keys[2] ?? "", /^default:[\w-]{43}$/);
  assert.notEqual(keys[2], keys[3]);
});

describe("the memory store", () => {
  test("forgets the key that was asked for longest ago when it is full", () => {
    const store = memoryStore({ maxKeys: 2, now: () => 0 });
    const quota = { limit: 1, window: 60 };
    const take = (key: string): boolean => {
      const decision = store.take(key, quota);
      assert.ok(!(decision instanceof Promise));
      return decision.isAllowed;
    };
    assert.deepEqual(["a", "b", "a", "c", "a", "b"].map(take), [
      true,
      true,
      false,
      true,
      false,
      true,
    ]);
  });
});

describe("while the store fails", () => {
  function failing(error: () => Promise<never>): RateLimitStore & { works: boolean } {
    const decision = { isAllowed: true, remaining: 1, retryAfter: 0, resetAfter: 1 };
    return {
      works: false,
      take() {
        return this.works ? decision : error();
      },
    };
  }
  const WAYS: readonly (() => Promise<never>)[] = [
    () => Promise.reject(new Error("gone")),
    () => {
      throw new Error("gone");
    },
  ];

  for (const [at, way] of WAYS.entries()) {
    test(`requests are let in, and an outage is one line in the log (${at})`, async () => {
      const store = failing(way);
      const errors = keptErrors();
      const ask = asking(rateLimit({ limit: 1, window: 1, store }), hello, errors.given);
      const fields = async (): Promise<number> => (await ask("GET", "/")).headers.length;
      for (const _ of [1, 2, 3]) assert.equal(await fields(), 1);
      assert.equal(errors.text, "rateLimit: the store fails: Error: gone\n");
      store.works = true;
      assert.equal(await fields(), 3);
      store.works = false;
      assert.equal(await fields(), 1);
      assert.equal(errors.text.split("\n").length, 3);
    });

    test(`requests are answered 503 where that is wanted (${at})`, async () => {
      const store = failing(way);
      const options = { limit: 1, window: 1, store, whenStoreFails: "closed" } as const;
      const answer = await createClient(rateLimit(options)(hello)).get("/");
      assert.deepEqual([answer.status, answer.header("Retry-After")], [503, "5"]);
    });
  }

  test("what the application rejects with is not taken for the store's failure", async () => {
    let calls = 0;
    const broken: Application = () => {
      calls += 1;
      return Promise.reject(new Error("the application's"));
    };
    const store: RateLimitStore = {
      take: async () => ({ isAllowed: true, remaining: 1, retryAfter: 0, resetAfter: 1 }),
    };
    const client = createClient(rateLimit({ limit: 1, window: 1, store })(broken));
    await assert.rejects(client.get("/"), /the application's/);
    assert.equal(calls, 1);
  });
});

for (const [options, message] of [
  [{ limit: 0 }, /^rateLimit: limit/],
  [{ limit: 1.5 }, /^rateLimit: limit/],
  [{ limit: 10_001 }, /^rateLimit: limit is 10001, more than 10000 a second/],
  [{ window: 0 }, /^rateLimit: window/],
  [{ window: Number.POSITIVE_INFINITY }, /^rateLimit: window/],
  [{ name: 'a"b' }, /^rateLimit: name/],
] as const) {
  test(`options that cannot be used are refused: ${JSON.stringify(options)}`, () => {
    assert.throws(() => rateLimit({ limit: 1, window: 1, ...options }), {
      name: "OptionError",
      message,
    });
  });
}
