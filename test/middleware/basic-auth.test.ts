/** RFC 7617: who is let in, and what the others are told. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type BasicAuthOptions, basicAuth } from "../../src/middleware/basic-auth.ts";
import type { Application } from "../../src/wsgi/types.ts";
import { type Ask, asking } from "./asking.ts";

const whoAmI: Application = ({ REMOTE_USER, AUTH_TYPE }, startResponse) => {
  startResponse("200 OK", [["Content-Type", "text/plain"]]);
  // Both are native strings, as in CGI.
  return [Buffer.from(`${String(AUTH_TYPE)} ${String(REMOTE_USER)}`, "latin1")];
};

const users = { ada: "pass:word", zoë: "geheim", __proto__x: "1" };

function ask(
  authorization: string | undefined,
  options: BasicAuthOptions = { users },
): ReturnType<Ask> {
  const headers = authorization === undefined ? {} : { Authorization: authorization };
  return asking(basicAuth(options), whoAmI)("GET", "/", { headers });
}

function basic(pair: string | Uint8Array): string {
  return `Basic ${Buffer.from(pair).toString("base64")}`;
}

describe("a user's name and password", () => {
  for (const [what, field, shown] of [
    ["of ASCII, with a colon in the password", basic("ada:pass:word"), "Basic ada"],
    ["of UTF-8, as UTF-8", basic("zoë:geheim"), "Basic zoë"],
    [
      "behind a scheme in any case",
      basic("ada:pass:word").replace("Basic", "bASIC  "),
      "Basic ada",
    ],
  ] as const) {
    test(`${what} reach the application`, async () => {
      const answer = await ask(field);
      assert.deepEqual([answer.status, answer.text], [200, shown]);
    });
  }

  for (const [what, field] of [
    ["missing", undefined],
    ["wrong", basic("ada:password")],
    ["those of nobody", basic("eve:pass:word")],
    ["an object's own", basic("constructor:x")],
    ["without a colon", basic("ada")],
    ["empty", basic(":")],
    ["no base64", "Basic !!!"],
    ["of another scheme", "Bearer YWRhOnBhc3M6d29yZA=="],
    ["no UTF-8", basic(Buffer.from("zo\xeb:geheim", "latin1"))],
    ["with a control character", basic("ada:pass:word\x00")],
    ["the right ones with more behind", `${basic("ada:pass:word")}, Basic x`],
  ] as const) {
    test(`are asked for where they are ${what}`, async () => {
      const answer = await ask(field);
      assert.equal(answer.status, 401);
      assert.equal(answer.header("WWW-Authenticate"), 'Basic realm="Restricted", charset="UTF-8"');
      assert.equal(answer.text, "401 Unauthorized\n");
    });
  }

  test("may be verified by a function, at once or later", async () => {
    for (const verify of [
      (user: string, password: string) => user === password,
      async (user: string, password: string) => user === password,
    ]) {
      assert.equal((await ask(basic("a:a"), { verify })).status, 200);
      assert.equal((await ask(basic("a:b"), { verify })).status, 401);
    }
  });

  test("that cannot be verified are an error, not a refusal", async () => {
    const verify = (): Promise<boolean> => Promise.reject(new Error("no database"));
    await assert.rejects(ask(basic("a:a"), { verify }), /no database/);
  });
});

describe("options", () => {
  test("name the realm, which is quoted", async () => {
    const answer = await ask(undefined, { users, realm: 'a "b" \\' });
    assert.match(answer.header("WWW-Authenticate") ?? "", /^Basic realm="a \\"b\\" \\\\", /);
  });

  for (const [options, message] of [
    [{}, /^basicAuth: users or verify/],
    [{ users, verify: () => true }, /^basicAuth: users or verify/],
    [{ users: { "a:b": "c" } }, /^basicAuth: users has "a:b"/],
    [{ users: { a: "" } }, /^basicAuth: users has "a"/],
    [{ users, realm: "a\r\nb" }, /^basicAuth: realm/],
  ] as const) {
    test(`that cannot be used are refused: ${String(message)}`, () => {
      assert.throws(() => basicAuth(options), { name: "OptionError", message });
    });
  }
});

test("a HEAD that is refused has no body", async () => {
  const answer = await asking(basicAuth({ users }), whoAmI)("HEAD", "/");
  assert.deepEqual([answer.status, answer.text], [401, ""]);
});
