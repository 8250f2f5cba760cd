/** Portico's applications in Koa, and those of Koa in Portico. */
import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { describe, test } from "node:test";
import Koa from "koa";
import { toKoaMiddleware } from "../../src/adapters/koa.ts";
import { fromNodeHandler } from "../../src/adapters/node.ts";
import { ask } from "../../src/client/client-connection.ts";
import { fieldValue, fieldValues } from "../../src/client/field-list.ts";
import { HttpError } from "../../src/messages/http-error.ts";
import { text } from "../../src/messages/http-response.ts";
import { toApplication } from "../../src/messages/to-application.ts";
import { mount } from "../../src/routing/mount.ts";
import { serveApplication } from "../support/serve-application.ts";
import { echo, telling } from "./applications.ts";
import { Listening } from "./listening.ts";

function silentKoa(): Koa {
  const app = new Koa();
  app.silent = true;
  return app;
}

describe("an application in Koa", () => {
  test("answers, beside the cookies of others and with its own status", async () => {
    const app = silentKoa();
    let seen = 0;
    app.use(async (context, next) => {
      context.cookies.set("outer", "1");
      await next();
      seen = context.status;
    });
    const headers = { "Set-Cookie": "inner=2" };
    app.use(toKoaMiddleware(toApplication(() => text("made", { status: 404, headers }))));
    await using server = await Listening.open(app.callback());
    const answer = await ask(server.port, "GET", "/");
    assert.equal(`${answer.status} ${answer.body.toString()}`, "404 made");
    assert.deepEqual(fieldValues(answer.fields, "set-cookie"), [
      "outer=1; path=/; httponly",
      "inner=2",
    ]);
    assert.equal(seen, 404);
  });

  test("knows where it is mounted, as koa-mount does that", async () => {
    const app = silentKoa();
    const middleware = toKoaMiddleware(telling("SCRIPT_NAME", "PATH_INFO", "REQUEST_URI"));
    app.use((context) => {
      context.path = context.path.slice("/lower".length) || "/";
      return middleware(context);
    });
    await using server = await Listening.open(app.callback());
    const { body } = await ask(server.port, "GET", "/lower/x?y");
    assert.deepEqual(JSON.parse(body.toString()), {
      SCRIPT_NAME: "/lower",
      PATH_INFO: "/x",
      REQUEST_URI: "/lower/x?y",
    });
  });

  test("carries 1 MB up and down", async () => {
    const app = silentKoa().use(toKoaMiddleware(echo));
    await using server = await Listening.open(app.callback());
    const bytes = Buffer.alloc(1_000_000, "0123456789");
    assert.ok((await ask(server.port, "POST", "/", { body: bytes })).body.equals(bytes));
  });

  test("lets other middleware catch its errors", async () => {
    const app = silentKoa();
    app.use(async (context, next) => {
      try {
        await next();
      } catch (error) {
        context.status = 418;
        context.body = String(error);
      }
    });
    app.use(
      toKoaMiddleware(() => {
        throw new HttpError(500, "caught");
      }),
    );
    await using server = await Listening.open(app.callback());
    const answer = await ask(server.port, "GET", "/");
    assert.equal(`${answer.status} ${answer.body.toString()}`, "418 HttpError: caught");
  });
});

describe("an application of Koa", () => {
  test("answers with JSON, streams, cookies, redirects and errors", async () => {
    const app = silentKoa();
    app.use((context) => {
      if (context.path === "/json") context.body = { url: context.url, host: context.host };
      else if (context.path === "/stream") context.body = Readable.from(["one", "two"]);
      else if (context.path === "/old") context.redirect("/new");
      else if (context.path === "/throws") context.throw(418, "short and stout");
      context.cookies.set("a", "1");
    });
    await using served = await serveApplication(mount({ "/koa": fromNodeHandler(app.callback()) }));
    const json = await served.ask("GET", "/koa/json?x");
    assert.deepEqual(JSON.parse(json.body.toString()), { url: "/json?x", host: "test" });
    assert.equal(fieldValue(json.fields, "set-cookie"), "a=1; path=/; httponly");
    assert.equal((await served.ask("GET", "/koa/stream")).body.toString(), "onetwo");
    const old = await served.ask("GET", "/koa/old");
    assert.equal(`${old.status} ${fieldValue(old.fields, "location")}`, "302 /new");
    const thrown = await served.ask("GET", "/koa/throws");
    assert.equal(`${thrown.status} ${thrown.body.toString()}`, "418 short and stout");
    assert.equal((await served.ask("GET", "/koa/missing")).status, 404);
  });
});
