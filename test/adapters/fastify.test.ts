/** Portico's applications as plug-ins of Fastify, and Fastify in Portico. */
import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { describe, test } from "node:test";
import fastify from "fastify";
import { fromFastify, toFastifyPlugin } from "../../src/adapters/fastify.ts";
import { ask } from "../../src/client/client-connection.ts";
import { fieldValue } from "../../src/client/field-list.ts";
import { mount } from "../../src/routing/mount.ts";
import { serveApplication } from "../support/serve-application.ts";
import { echo, telling } from "./applications.ts";

const PLACE = ["SCRIPT_NAME", "PATH_INFO", "REQUEST_URI"] as const;

async function listening(app: ReturnType<typeof fastify>): Promise<number> {
  return Number(new URL(await app.listen({ host: "127.0.0.1", port: 0 })).port);
}

describe("an application in Fastify", () => {
  test("has all below its prefix, and knows it", async () => {
    await using app = fastify();
    await app.register(toFastifyPlugin(telling(...PLACE)), { prefix: "/sites/:name" });
    app.get("/other", () => "Fastify's own");
    const port = await listening(app);
    for (const [target, SCRIPT_NAME, PATH_INFO] of [
      ["/sites/caf%C3%A9/a%2Fb?c", "/sites/caf\xc3\xa9", "/a/b"],
      ["/sites/x/", "/sites/x", "/"],
      ["/sites/x?c", "/sites/x", ""],
    ] as const) {
      const { body } = await ask(port, "GET", target);
      const expected = { SCRIPT_NAME, PATH_INFO, REQUEST_URI: target };
      assert.deepEqual(JSON.parse(body.toString()), expected);
    }
    assert.equal((await ask(port, "GET", "/other")).body.toString(), "Fastify's own");
  });

  test("reads bodies itself, of any type and size, while others have theirs parsed", async () => {
    await using app = fastify();
    await app.register(toFastifyPlugin(echo), { prefix: "/raw" });
    app.post("/parsed", (request) => request.body);
    const port = await listening(app);
    const bytes = Buffer.alloc(3_000_000, "0123456789");
    for (const type of ["application/json", "application/octet-stream"]) {
      const fields = [["Content-Type", type]] as const;
      const answer = await ask(port, "POST", "/raw", { fields, body: bytes });
      assert.ok(answer.body.equals(bytes), type);
    }
    assert.ok((await ask(port, "PUT", "/raw/x", { body: bytes })).body.equals(bytes));
    const fields = [["Content-Type", "application/json"]] as const;
    const parsed = await ask(port, "POST", "/parsed", { fields, body: '{"a":1}' });
    assert.equal(parsed.body.toString(), '{"a":1}');
  });

  test("runs behind the hooks of its instance, keeps their fields, and gives it its errors", async () => {
    await using app = fastify();
    app.addHook("onRequest", async (_request, reply) => {
      reply.header("X-Hook", "yes");
    });
    app.addHook("preHandler", async (request, reply) => {
      if (request.headers.authorization === undefined) await reply.code(401).send("who?");
    });
    app.setErrorHandler((error: Error, _request, reply) => reply.code(503).send(error.message));
    const failing = (): never => {
      throw new Error("for the error handler");
    };
    await app.register(toFastifyPlugin(mount({ "/": echo, "/fails": failing })), { prefix: "/in" });
    const port = await listening(app);
    assert.equal((await ask(port, "GET", "/in")).status, 401);
    const known = { fields: [["Authorization", "me"]] as const };
    const answer = await ask(port, "GET", "/in", known);
    assert.equal(answer.status, 200);
    assert.equal(fieldValue(answer.fields, "x-hook"), "yes");
    const failed = await ask(port, "GET", "/in/fails", known);
    assert.equal(`${failed.status} ${failed.body.toString()}`, "503 for the error handler");
  });
});

describe("Fastify in Portico", () => {
  test("routes, parses, validates, streams and fails as it does everywhere", async () => {
    await using app = fastify();
    app.get("/users/:id", (request) => ({ params: request.params, ip: request.ip }));
    app.post("/json", (request) => request.body);
    app.get("/stream", (_request, reply) => reply.send(Readable.from(["one", "two"])));
    app.get("/fails", () => Promise.reject(Object.assign(new Error("no"), { statusCode: 418 })));
    await using served = await serveApplication(mount({ "/api": fromFastify(app) }));
    const user = await served.ask("GET", "/api/users/7");
    assert.deepEqual(JSON.parse(user.body.toString()), { params: { id: "7" }, ip: "127.0.0.1" });
    const fields = [["Content-Type", "application/json"]] as const;
    const json = await served.ask("POST", "/api/json", { fields, body: '{"a":[1]}' });
    assert.equal(json.body.toString(), '{"a":[1]}');
    const broken = await served.ask("POST", "/api/json", { fields, body: "{" });
    assert.equal(broken.status, 400);
    assert.equal((await served.ask("GET", "/api/stream")).body.toString(), "onetwo");
    assert.equal((await served.ask("GET", "/api/fails")).status, 418);
    assert.equal((await served.ask("GET", "/api/missing")).status, 404);
  });

  test("may be made ready by its first request", async () => {
    await using app = fastify();
    app.get("/", () => "ready");
    await using served = await serveApplication(fromFastify(app));
    const answers = await Promise.all([served.ask("GET", "/"), served.ask("GET", "/")]);
    assert.deepEqual(
      answers.map(({ body }) => body.toString()),
      ["ready", "ready"],
    );
  });
});
