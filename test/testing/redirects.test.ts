/** Redirects: which are followed, with which method, and cookies on the way. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createClient } from "../../src/testing/client.ts";
import type { Application, HeaderList } from "../../src/wsgi/types.ts";

/** Redirects from `/` as the query says; elsewhere it answers what it was asked. */
const application: Application = async (environ, startResponse) => {
  const query = new URLSearchParams(environ.QUERY_STRING);
  const to = query.get("to");
  const headers: HeaderList = [["Content-Type", "text/plain"]];
  if (environ.PATH_INFO === "/" && to !== null) {
    startResponse(`${query.get("status") ?? "302"} Found`, [
      ...headers,
      ["Location", to],
      ["Set-Cookie", "seen=1; Path=/"],
    ]);
    return [];
  }
  const body = Buffer.from(await environ["wsgi.input"].read()).toString();
  const {
    REQUEST_METHOD,
    SCRIPT_NAME,
    PATH_INFO,
    QUERY_STRING,
    CONTENT_TYPE = "",
    HTTP_COOKIE = "",
  } = environ;
  startResponse("200 OK", headers);
  return [
    Buffer.from(
      [REQUEST_METHOD, SCRIPT_NAME + PATH_INFO, QUERY_STRING, CONTENT_TYPE, body, HTTP_COOKIE].join(
        " ",
      ),
    ),
  ];
};

const MOVED = "seen=1";

describe("a redirect", () => {
  for (const [method, status, followed] of [
    ["GET", "301", `GET /b c   ${MOVED}`],
    ["POST", "301", `GET /b c   ${MOVED}`],
    ["POST", "302", `GET /b c   ${MOVED}`],
    ["PUT", "302", `PUT /b c text/x body ${MOVED}`],
    ["POST", "303", `GET /b c   ${MOVED}`],
    ["PUT", "303", `GET /b c   ${MOVED}`],
    ["POST", "307", `POST /b c text/x body ${MOVED}`],
    ["DELETE", "308", `DELETE /b c text/x body ${MOVED}`],
  ] as const) {
    test(`by ${status} of ${method} is followed`, async () => {
      const client = createClient(application, { redirects: 1 });
      const body = method === "GET" ? {} : { body: "body", headers: { "Content-Type": "text/x" } };
      const response = await client.request(method, "/", {
        query: { status, to: "b?c#d" },
        ...body,
      });
      assert.equal(response.text, followed);
      assert.equal(response.url, "http://localhost/b?c");
      assert.deepEqual(
        response.history.map((each) => each.status),
        [Number(status)],
      );
    });
  }

  for (const [promise, options, to] of [
    ["to another host is the answer", {}, "http://other.test/"],
    ["to another scheme is the answer", {}, "mailto:a@b.test"],
    ["out of the mount is the answer", { scriptName: "/shop" }, "/shopping"],
    ["that may not be followed is the answer", { redirects: 0 }, "/b"],
  ] as const) {
    test(promise, async () => {
      const client = createClient(application, { redirects: 3, ...options });
      const response = await client.get("/", { query: { to } });
      assert.deepEqual([response.status, response.header("Location")], [302, to]);
    });
  }

  test("within the mount, or to TLS, is followed", async () => {
    const client = createClient(application, { redirects: 1, scriptName: "/shop" });
    assert.equal(
      (await client.get("/", { query: { to: "/shop/b" } })).text,
      `GET /shop/b    ${MOVED}`,
    );
    const response = await client.get("/", { query: { to: "https://localhost/shop/b" } });
    assert.equal(response.url, "https://localhost/shop/b");
  });

  test("that leads in a circle rejects", async () => {
    const client = createClient(application, { redirects: 2 });
    await assert.rejects(
      client.get("/", { query: { to: "/?to=/" } }).then(() => client.get("/?to=/%3Fto=/%253Fto=/")),
      /more redirects than the 2/,
    );
  });

  test("that wants a body in pieces again rejects", async () => {
    const client = createClient(application, { redirects: 1 });
    const body = (async function* () {
      yield "x";
    })();
    await assert.rejects(
      client.post("/", { query: { status: 307, to: "/b" }, body }),
      /came in pieces/,
    );
  });
});

describe("cookies", () => {
  test("are kept from answer to request", async () => {
    const client = createClient(application);
    await client.get("/?to=/b");
    assert.match((await client.get("/b")).text, /seen=1$/);
    assert.match((await client.get("/b", { headers: { Cookie: "own=1" } })).text, / own=1$/);
  });

  test("are not, where the client keeps none", async () => {
    const client = createClient(application, { cookies: false });
    await client.get("/?to=/b");
    client.cookies.set("a", "1");
    assert.match((await client.get("/b")).text, / $/);
  });
});
