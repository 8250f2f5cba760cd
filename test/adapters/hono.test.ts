/** Portico's applications in Hono, and on @hono/node-server, and Hono in Portico. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { getRequestListener } from "@hono/node-server";
import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { getCookie, setCookie } from "hono/cookie";
import { HTTPException } from "hono/http-exception";
import { streamSSE } from "hono/streaming";
import { environOf } from "../../src/adapters/environ-of.ts";
import { fromFetchHandler, toFetchHandler } from "../../src/adapters/fetch.ts";
import { ask, ClientConnection } from "../../src/client/client-connection.ts";
import { fieldValue, fieldValues } from "../../src/client/field-list.ts";
import { HttpError } from "../../src/messages/http-error.ts";
import { mount } from "../../src/routing/mount.ts";
import type { Environ } from "../../src/wsgi/types.ts";
import { serveApplication } from "../support/serve-application.ts";
import { until } from "../support/until.ts";
import { Endless, echo, telling } from "./applications.ts";
import { Listening } from "./listening.ts";

const PLACE = ["SCRIPT_NAME", "PATH_INFO", "HTTP_HOST"] as const;

describe("an application in Hono", () => {
  test("is mounted below a path, and knows it where Hono leaves the path alone", async () => {
    const app = new Hono();
    app.mount("/short", toFetchHandler(telling(...PLACE)));
    const whole = toFetchHandler(mount({ "/whole": telling(...PLACE) }));
    app.mount("/whole", whole, { replaceRequest: false });
    const short = await app.request("http://test/short/a%2Fb?c");
    assert.deepEqual(await short.json(), { SCRIPT_NAME: "", PATH_INFO: "/a/b", HTTP_HOST: "test" });
    const known = await app.request("http://test/whole/x");
    assert.deepEqual(await known.json(), {
      SCRIPT_NAME: "/whole",
      PATH_INFO: "/x",
      HTTP_HOST: "test",
    });
  });

  test("gives Hono its errors", async () => {
    const app = new Hono();
    app.mount(
      "/",
      toFetchHandler(() => {
        throw new HttpError(418, "for onError");
      }),
    );
    app.onError((error, context) => context.text(error.message, 503));
    const response = await app.request("/");
    assert.equal(`${response.status} ${await response.text()}`, "503 for onError");
  });

  test("runs on @hono/node-server: 10 MB up and down, cookies, and an end when the client leaves", async () => {
    const endless = new Endless();
    const handler = toFetchHandler(mount({ "/": echo, "/endless": endless.application }));
    await using server = await Listening.open(getRequestListener(handler));
    const bytes = Buffer.alloc(10_000_000, "0123456789");
    assert.ok((await ask(server.port, "POST", "/", { body: bytes })).body.equals(bytes));
    using connection = await ClientConnection.open(server.port);
    connection.request("GET", "/endless");
    await connection.take(1000);
    connection.socket.destroy();
    await endless.closed;
  });
});

describe("Hono in Portico", () => {
  test("routes below its mount, reads bodies, sets cookies, redirects and fails", async () => {
    const app = new Hono<{ Bindings: Environ }>();
    app.get("/users/:id", (context) =>
      context.json({
        id: context.req.param("id"),
        query: context.req.query("q"),
        mount: context.env.SCRIPT_NAME,
        address: environOf(context.req.raw)?.REMOTE_ADDR,
      }),
    );
    app.post("/json", async (context) => context.json(await context.req.json()));
    app.post("/form", async (context) => context.json(await context.req.parseBody()));
    app.get("/cookies", (context) => {
      setCookie(context, "a", "1");
      setCookie(context, "b", "2");
      return context.text(getCookie(context, "seen") ?? "");
    });
    app.get("/old", (context) => context.redirect("/new", 301));
    app.get("/throws", () => {
      throw new HTTPException(418, { message: "short and stout" });
    });
    await using served = await serveApplication(mount({ "/api": fromFetchHandler(app.fetch) }));
    const user = await served.ask("GET", "/api/users/7%2F8?q=x");
    assert.deepEqual(JSON.parse(user.body.toString()), {
      id: "7/8",
      query: "x",
      mount: "/api",
      address: "127.0.0.1",
    });
    const json = [["Content-Type", "application/json"]] as const;
    const posted = await served.ask("POST", "/api/json", { fields: json, body: '{"a":1}' });
    assert.equal(posted.body.toString(), '{"a":1}');
    const form = [["Content-Type", "application/x-www-form-urlencoded"]] as const;
    const filled = await served.ask("POST", "/api/form", { fields: form, body: "a=1&b=2" });
    assert.equal(filled.body.toString(), '{"a":"1","b":"2"}');
    const cookies = await served.ask("GET", "/api/cookies", { fields: [["Cookie", "seen=yes"]] });
    assert.deepEqual(fieldValues(cookies.fields, "set-cookie"), ["a=1; Path=/", "b=2; Path=/"]);
    assert.equal(cookies.body.toString(), "yes");
    const old = await served.ask("GET", "/api/old");
    assert.equal(`${old.status} ${fieldValue(old.fields, "location")}`, "301 /new");
    const thrown = await served.ask("GET", "/api/throws");
    assert.equal(`${thrown.status} ${thrown.body.toString()}`, "418 short and stout");
    assert.equal((await served.ask("GET", "/api/missing")).status, 404);
    assert.equal((await served.ask("HEAD", "/api/users/7")).status, 200);
  });

  test("lets middleware make new Requests of the one that it gets", async () => {
    const app = new Hono();
    app.use(bodyLimit({ maxSize: 10 }));
    app.post("/", async (context) => context.text(await context.req.text()));
    const sub = new Hono().mount("/sub", app.fetch);
    await using served = await serveApplication(fromFetchHandler(sub.fetch));
    const coding = { fields: [["Transfer-Encoding", "chunked"]] as const };
    const short = await served.ask("POST", "/sub/", { ...coding, body: "5\r\nshort\r\n0\r\n\r\n" });
    assert.equal(short.body.toString(), "short");
    const long = await served.ask("POST", "/sub/", {
      ...coding,
      body: "b\r\nfar too long\r\n0\r\n\r\n".replace("b", "c"),
    });
    assert.equal(long.status, 413);
  });

  test("streams events, and is told when the client leaves", async () => {
    let hasLeft = false;
    const app = new Hono();
    app.get("/events", (context) =>
      streamSSE(context, async (stream) => {
        stream.onAbort(() => {
          hasLeft = true;
        });
        await stream.writeSSE({ data: "one" });
        await new Promise<void>((resolve) => stream.onAbort(resolve));
      }),
    );
    await using served = await serveApplication(fromFetchHandler(app.fetch));
    using connection = await served.connect();
    connection.request("GET", "/events");
    await connection.head();
    assert.equal((await connection.chunk()).toString(), "data: one\n\n");
    connection.socket.destroy();
    await until("Hono hears of it", () => hasLeft);
  });
});
