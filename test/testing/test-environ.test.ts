/** Environs that tests make themselves. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createClient } from "../../src/testing/client.ts";
import { testEnviron } from "../../src/testing/test-environ.ts";
import { ENVIRON_RULES } from "../../src/wsgi/lint/environ-rules.ts";
import type { Environ } from "../../src/wsgi/types.ts";

test("an environ is that of a client's request, and its body is there", async () => {
  const options = {
    headers: { "X-A": "1" },
    host: "shop.test",
    body: "caf\u00e9",
    environ: { "my.x": 1 },
  };
  const environ = testEnviron("PUT", "/a%20b?c", options);
  let asked: Environ | undefined;
  const client = createClient(
    (seen, startResponse) => {
      asked = seen;
      startResponse("200 OK", []);
      return [];
    },
    { lint: false },
  );
  await client.put("/a%20b?c", options);
  const plain = (seen: object | undefined): object =>
    Object.fromEntries(
      Object.entries(seen ?? {}).filter(
        ([, value]) => typeof value !== "object" && typeof value !== "function",
      ),
    );
  assert.deepEqual(plain(environ), plain(asked));
  assert.equal(Buffer.from(await environ["wsgi.input"].read()).toString(), "caf\u00e9");
});

test("an environ keeps every rule", () => {
  for (const [rule, { evidence }] of Object.entries(ENVIRON_RULES)) {
    assert.equal(evidence?.({ ...testEnviron("GET", "/") }), undefined, rule);
  }
});
