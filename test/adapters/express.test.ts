/** Portico's applications in Express and Connect, and those of Express and Connect in Portico. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { describe, test } from "node:test";
import connect from "connect";
import express, { type NextFunction, type Request, type Response } from "express";
import { fromNodeHandler, toNodeHandler } from "../../src/adapters/node.ts";
import { ask, ClientConnection } from "../../src/client/client-connection.ts";
import { fieldValue, fieldValues } from "../../src/client/field-list.ts";
import { HttpError } from "../../src/messages/http-error.ts";
import { text } from "../../src/messages/http-response.ts";
import { toApplication } from "../../src/messages/to-application.ts";
import { mount } from "../../src/routing/mount.ts";
import { serveApplication } from "../support/serve-application.ts";
import { Endless, echo, telling } from "./applications.ts";
import { Listening } from "./listening.ts";

const PLACE = ["SCRIPT_NAME", "PATH_INFO", "REQUEST_URI"] as const;

describe("an application in Express", () => {
  test("knows where it is mounted, whatever routers are around it", async () => {
    const app = express();
    const inner = express.Router();
    inner.use("/:name", toNodeHandler(telling(...PLACE)));
    app.use("/outer", inner);
    await using server = await Listening.open(app);
    for (const [target, SCRIPT_NAME, PATH_INFO] of [
      ["/outer/caf%C3%A9/a%2Fb?c", "/outer/caf\xc3\xa9", "/a/b"],
      ["/outer/x%20y/", "/outer/x y", "/"],
      ["/outer/x?c", "/outer/x", ""],
    ] as const) {
      const { body } = await ask(server.port, "GET", target);
      const expected = { SCRIPT_NAME, PATH_INFO, REQUEST_URI: target };
      assert.deepEqual(JSON.parse(body.toString()), expected);
    }
  });

  test("believes what Express believes of proxies", async () => {
    const app = express().set("trust proxy", "loopback");
    app.use(toNodeHandler(telling("REMOTE_ADDR", "wsgi.url_scheme", "HTTP_HOST")));
    await using server = await Listening.open(app);
    const { body } = await ask(server.port, "GET", "/", {
      fields: [
        ["X-Forwarded-For", "192.0.2.1"],
        ["X-Forwarded-Proto", "https"],
        ["X-Forwarded-Host", "shop.example"],
      ],
    });
    assert.deepEqual(JSON.parse(body.toString()), {
      REMOTE_ADDR: "192.0.2.1",
      "wsgi.url_scheme": "https",
      HTTP_HOST: "shop.example",
    });
  });

  test("sends its cookies beside those of others, and its fields in place of theirs", async () => {
    const app = express();
    app.use((_request, response, next) => {
      response.cookie("outer", "1").set("Content-Type", "text/html").vary("Origin");
      next();
    });
    const cookies = [
      ["Set-Cookie", "inner=2"],
      ["Set-Cookie", "also=3"],
      ["Vary", "Cookie"],
    ] as const;
    app.use(toNodeHandler(toApplication(() => text("x", { headers: cookies.map((c) => [...c]) }))));
    await using server = await Listening.open(app);
    const { fields } = await ask(server.port, "GET", "/");
    assert.deepEqual(fieldValues(fields, "set-cookie"), ["outer=1; Path=/", "inner=2", "also=3"]);
    assert.deepEqual(fieldValues(fields, "content-type"), ["text/plain; charset=utf-8"]);
    assert.equal(fieldValues(fields, "vary").join(", "), "Origin, Cookie");
  });

  test("gives its errors to Express with the status that answers them", async () => {
    const seen: unknown[] = [];
    const app = express();
    app.use(
      "/thrown",
      toNodeHandler(() => {
        throw Object.assign(new Error("no room"), { statusHint: 503, retryAfter: 7 });
      }),
    );
    app.use(
      "/late",
      toNodeHandler((_environ, startResponse) => {
        startResponse("200 OK", []);
        return (async function* () {
          yield Buffer.from("one");
          throw new Error("broken off");
        })();
      }),
    );
    app.use((error: Error, _request: Request, response: Response, next: NextFunction) => {
      seen.push(error.message);
      if (response.headersSent) next(error);
      else response.status((error as HttpError).status).send("handled");
    });
    app.set("env", "test");
    await using server = await Listening.open(app);
    const thrown = await ask(server.port, "GET", "/thrown");
    assert.equal(`${thrown.status} ${thrown.body.toString()}`, "503 handled");
    assert.equal((await ask(server.port, "GET", "/late")).isWhole, false);
    assert.deepEqual(seen, ["no room", "broken off"]);
  });

  test("is told clearly that express.json() has read the body", async () => {
    const app = express();
    app.use(express.json());
    app.use(toNodeHandler(echo));
    app.use((error: Error, _request: Request, response: Response, _next: NextFunction) => {
      response.status(500).send(error.message);
    });
    await using server = await Listening.open(app);
    const fields = [["Content-Type", "application/json"]] as const;
    const parsed = await ask(server.port, "POST", "/", { fields, body: "{}" });
    assert.match(parsed.body.toString(), /express\.json\(\)/);
    const unparsed = await ask(server.port, "POST", "/", { body: "as it is" });
    assert.equal(unparsed.body.toString(), "as it is");
  });

  test("stops where the client leaves", async () => {
    const endless = new Endless();
    const app = express().use(toNodeHandler(endless.application));
    await using server = await Listening.open(app);
    using connection = await ClientConnection.open(server.port);
    connection.request("GET", "/");
    await connection.take(1000);
    connection.socket.destroy();
    await endless.closed;
  });
});

describe("an application of Express", () => {
  test("routes, reads JSON and forms, sets cookies and redirects below its mount", async () => {
    const app = express();
    app.use(express.json(), express.urlencoded());
    app.get("/users/:id", (request, response) => {
      const { params, query, baseUrl, originalUrl, protocol, hostname, ip } = request;
      response.json({ params, query, baseUrl, originalUrl, protocol, hostname, ip });
    });
    app.post("/body", (request, response) => {
      response.cookie("a", "1").cookie("b", "2").json(request.body);
    });
    app.get("/old", (request, response) => response.redirect(301, `${request.baseUrl}/new`));
    await using served = await serveApplication(mount({ "/api": fromNodeHandler(app) }));
    const user = await served.ask("GET", "/api/users/7%2F8?x=1");
    assert.deepEqual(JSON.parse(user.body.toString()), {
      params: { id: "7/8" },
      query: { x: "1" },
      baseUrl: "/api",
      originalUrl: "/api/users/7%2F8?x=1",
      protocol: "http",
      hostname: "test",
      ip: "127.0.0.1",
    });
    for (const [type, body] of [
      ["application/json", '{"a":["b"]}'],
      ["application/x-www-form-urlencoded", "a=b"],
    ] as const) {
      const answer = await served.ask("POST", "/api/body", {
        fields: [["Content-Type", type]],
        body,
      });
      assert.equal(answer.body.toString().replace(/[[\]]/g, ""), '{"a":"b"}');
      assert.deepEqual(fieldValues(answer.fields, "set-cookie"), ["a=1; Path=/", "b=2; Path=/"]);
    }
    const old = await served.ask("GET", "/api/old");
    assert.equal(old.status, 301);
    assert.equal(fieldValue(old.fields, "location"), "/api/new");
  });

  test("answers what it does not have, and what fails, as it does everywhere", async () => {
    const app = express().set("env", "test");
    app.get("/fails", () => Promise.reject(new HttpError(418, "short and stout")));
    app.use((error: Error, _request: Request, response: Response, _next: NextFunction) => {
      response.status((error as HttpError).status).send(error.message);
    });
    await using served = await serveApplication(fromNodeHandler(app));
    const missing = await served.ask("GET", "/missing");
    assert.equal(missing.status, 404);
    assert.match(missing.body.toString(), /Cannot GET \/missing/);
    const failed = await served.ask("GET", "/fails");
    assert.equal(`${failed.status} ${failed.body.toString()}`, "418 short and stout");
    const unread = await served.ask("POST", "/missing", { body: Buffer.alloc(100_000) });
    assert.equal(unread.status, 404);
  });

  test("sends files with ranges and validators", async () => {
    const app = express().use(express.static(import.meta.dirname));
    const name = "/express.test.js";
    await using served = await serveApplication(fromNodeHandler(app));
    const part = await served.ask("GET", name, { fields: [["Range", "bytes=3-20"]] });
    assert.equal(part.status, 206);
    assert.equal(part.body.length, 18);
    const whole = await served.ask("GET", name);
    const etag = fieldValue(whole.fields, "etag") ?? "";
    const again = await served.ask("GET", name, { fields: [["If-None-Match", etag]] });
    assert.equal(again.status, 304);
  });

  test("streams events, and learns that the client has left", async () => {
    const app = express();
    const left = new Promise((resolve) => {
      app.get("/events", (request, response) => {
        response.set({ "Content-Type": "text/event-stream", Connection: "keep-alive" });
        response.flushHeaders();
        response.write("data: one\n\n");
        request.on("close", resolve);
      });
    });
    await using served = await serveApplication(fromNodeHandler(app));
    using connection = await served.connect();
    connection.request("GET", "/events");
    await connection.head();
    assert.equal((await connection.chunk()).toString(), "data: one\n\n");
    connection.socket.destroy();
    await left;
  });

  test("may hold an application of Portico, which knows both mounts", async () => {
    const app = express().use("/inner", toNodeHandler(telling(...PLACE, "REMOTE_ADDR")));
    await using served = await serveApplication(mount({ "/outer": fromNodeHandler(app) }));
    const { body } = await served.ask("GET", "/outer/inner/x");
    assert.deepEqual(JSON.parse(body.toString()), {
      SCRIPT_NAME: "/outer/inner",
      PATH_INFO: "/x",
      REQUEST_URI: "/outer/inner/x",
      REMOTE_ADDR: "127.0.0.1",
    });
  });
});

describe("Connect", () => {
  test("holds an application, which knows where it is mounted", async () => {
    const app = connect().use("/lower", toNodeHandler(telling(...PLACE)));
    await using server = await Listening.open(app);
    for (const [target, PATH_INFO] of [
      ["/lower/x%20y?z", "/x y"],
      ["/lower", ""],
    ] as const) {
      const { body } = await ask(server.port, "GET", target);
      const expected = { SCRIPT_NAME: "/lower", PATH_INFO, REQUEST_URI: target };
      assert.deepEqual(JSON.parse(body.toString()), expected);
    }
  });

  test("is told of errors by next", async () => {
    const app = connect();
    app.use(
      toNodeHandler(() => {
        throw new HttpError(418, "for next");
      }),
    );
    const told = new Promise((resolve) => {
      app.use((error: Error, _request: unknown, response: { end(): void }, _next: unknown) => {
        resolve(error.message);
        response.end();
      });
    });
    await using server = await Listening.open(app);
    await ask(server.port, "GET", "/");
    assert.equal(await told, "for next");
  });

  test("runs in Portico below a mount", async () => {
    const app = connect();
    app.use("/inner", (request, response) => {
      response.end(`${request.url} of ${request.originalUrl}`);
    });
    await using served = await serveApplication(mount({ "/outer": fromNodeHandler(app) }));
    const answer = await served.ask("GET", "/outer/inner/x?y");
    assert.equal(answer.body.toString(), "/x?y of /outer/inner/x?y");
    assert.equal((await served.ask("GET", "/outer/other")).status, 404);
  });
});

test("a server of Express ends in time when an answer waits for its reader", async () => {
  const endless = new Endless();
  const app = express().use(toNodeHandler(endless.application));
  const server = app.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  assert.ok(address !== null && typeof address === "object");
  using connection = await ClientConnection.open(address.port);
  connection.request("GET", "/");
  await connection.take(1000);
  const closed = once(server, "close");
  server.close();
  server.closeAllConnections();
  await Promise.all([closed, endless.closed]);
});
