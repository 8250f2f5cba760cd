/** proxyHeaders: who asked for what, as trusted proxies tell it. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { OptionError } from "../../src/middleware/option-error.ts";
import { type ProxyHeadersOptions, proxyHeaders } from "../../src/middleware/proxy-headers.ts";
import type { Environ } from "../../src/wsgi/types.ts";
import { answers, asking, shows } from "./asking.ts";

const SEEN = [
  ...["REMOTE_ADDR", "wsgi.url_scheme", "HTTP_HOST", "SERVER_PORT", "SCRIPT_NAME"],
  ...["HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_X_FORWARDED_USER"],
] as const;

/** What of that differs from what a request without fields shows. */
async function changed(
  options: ProxyHeadersOptions,
  headers: Readonly<Record<string, string>>,
  given: Partial<Environ> = {},
): Promise<Readonly<Record<string, unknown>>> {
  const ask = asking(
    proxyHeaders(options),
    shows((environ) => SEEN.map((name) => environ[name as keyof Environ] ?? null)),
    given,
  );
  const [plain, behind] = [await ask("GET", "/"), await ask("GET", "/", { headers })];
  const [before, after] = [plain.json() as unknown[], behind.json() as unknown[]];
  return Object.fromEntries(
    SEEN.flatMap((name, at) => (before[at] === after[at] ? [] : [[name, after[at]]])),
  );
}

const FIELDS = {
  "X-Forwarded-For": "203.0.113.9",
  "X-Forwarded-Proto": "https",
  "X-Forwarded-Host": "shop.example",
  "X-Forwarded-Prefix": "/outer",
};

const SAID = {
  REMOTE_ADDR: "203.0.113.9",
  "wsgi.url_scheme": "https",
  HTTP_HOST: "shop.example",
  SERVER_PORT: "443",
  SCRIPT_NAME: "/outer",
};

describe("proxyHeaders", () => {
  test("tells what a trusted proxy says, and shows its fields", async () => {
    assert.deepEqual(await changed({ trusted: "127.0.0.1" }, FIELDS), {
      ...SAID,
      HTTP_X_FORWARDED_FOR: "203.0.113.9",
    });
  });

  test("reads Forwarded, too", async () => {
    const field = "for=203.0.113.9;proto=https;host=shop.example";
    const { SCRIPT_NAME: _, ...said } = SAID;
    assert.deepEqual(await changed({ trusted: "127.0.0.0/8" }, { Forwarded: field }), {
      ...said,
      HTTP_FORWARDED: field,
    });
  });

  test("passes over trusted addresses on the way to the client", async () => {
    const fields = { "X-Forwarded-For": "198.51.100.1, 203.0.113.9, 10.0.0.7" };
    const { REMOTE_ADDR } = await changed({ trusted: "127.0.0.1,10.0.0.0/8" }, fields);
    assert.equal(REMOTE_ADDR, "203.0.113.9");
  });

  test("puts the prefix before the path of a mount", async () => {
    const given = { SCRIPT_NAME: "/mounted" };
    const { SCRIPT_NAME } = await changed({ trusted: "*" }, FIELDS, given);
    assert.equal(SCRIPT_NAME, "/outer/mounted");
  });

  test("hides the fields of who is not trusted", async () => {
    const headers = { ...FIELDS, "X-Forwarded-User": "admin", Forwarded: "for=1.2.3.4" };
    assert.deepEqual(await changed({ trusted: "10.0.0.1" }, headers), {});
  });

  test("does not trust a peer that has no address, unless it trusts everybody", async () => {
    const given = { REMOTE_ADDR: "" };
    assert.deepEqual(await changed({ trusted: "127.0.0.1" }, FIELDS, given), {});
    assert.equal((await changed({ trusted: "*" }, FIELDS, given)).REMOTE_ADDR, "203.0.113.9");
  });

  test("believes no more than it is told to, and shows no more", async () => {
    assert.deepEqual(await changed({ trusted: "*", believed: ["proto"] }, FIELDS), {
      "wsgi.url_scheme": "https",
      SERVER_PORT: "443",
    });
  });

  test("does nothing without a list of who is trusted", async () => {
    const { HTTP_X_FORWARDED_FOR, ...rest } = await changed({}, FIELDS);
    assert.equal(HTTP_X_FORWARDED_FOR, "203.0.113.9");
    assert.deepEqual(rest, {});
  });

  for (const fields of [
    { "X-Forwarded-For": "nonsense, 1" },
    { "X-Forwarded-Proto": "gopher" },
    { "X-Forwarded-For": "203.0.113.9", Forwarded: "for=203.0.113.10" },
  ]) {
    test(`answers 400 to ${JSON.stringify(fields)}`, async () => {
      const ask = asking(proxyHeaders({ trusted: "*" }), answers("x"));
      assert.equal((await ask("GET", "/", { headers: fields })).status, 400);
    });
  }

  test("refuses a list that is none, and what proxies do not say", () => {
    assert.throws(() => proxyHeaders({ trusted: "nearby" }), OptionError);
    // Of a program that is no TypeScript.
    const believed = ["user"] as unknown as ["for"];
    assert.throws(() => proxyHeaders({ trusted: "*", believed }), OptionError);
  });
});
