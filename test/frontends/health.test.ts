/** What a server says of itself, in correct HTTP whoever asks and however. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { fieldValue } from "../../src/client/field-list.ts";
import type { Application } from "../../src/wsgi/types.ts";
import { held } from "../support/held.ts";
import { serveApplication } from "../support/serve-application.ts";

const PATHS = { path: "/-/healthz", readyPath: "/-/readyz" };

const application: Application = (environ, startResponse) => {
  startResponse("200 OK", [["X-From", "application"]]);
  return [Buffer.from(environ.PATH_INFO)];
};

const served = () => serveApplication(application, { health: PATHS });

describe("a health path", () => {
  for (const path of [PATHS.path, PATHS.readyPath]) {
    test(`${path} is answered before the application, and is no exchange`, async () => {
      await using server = await served();
      const answer = await server.ask("GET", path);
      assert.equal(answer.status, 200);
      assert.equal(answer.body.toString(), "ok\n");
      assert.equal(fieldValue(answer.fields, "x-from"), undefined);
      assert.equal(fieldValue(answer.fields, "content-type"), "text/plain; charset=utf-8");
      assert.equal(fieldValue(answer.fields, "cache-control"), "no-store");
      assert.equal(server.server.requestsServed, 0);
      assert.deepEqual(server.exchanges, []);
    });

    test(`${path} has no body for HEAD, and 405 for what is neither GET nor HEAD`, async () => {
      await using server = await served();
      const head = await server.ask("HEAD", path);
      assert.equal(head.status, 200);
      assert.equal(fieldValue(head.fields, "content-length"), "3");
      assert.equal(head.body.length, 0);
      using client = await server.connect();
      client.request("POST", path, { body: "a body that nobody reads" });
      const post = await client.answer();
      assert.equal(post.status, 405);
      assert.equal(fieldValue(post.fields, "allow"), "GET, HEAD");
      client.request("GET", path);
      assert.equal((await client.answer()).status, 200, "the body was taken for a request");
    });
  }

  test("is found in a target with a query and in one that is a whole URI", async () => {
    await using server = await served();
    for (const target of ["/-/healthz?full=1", "http://other.test/-/healthz"]) {
      const { body } = await server.ask("GET", target);
      assert.equal(body.toString(), "ok\n");
    }
  });

  test("is that path alone: what is like it is the application's", async () => {
    await using server = await served();
    for (const target of ["/-/healthz/", "/-/HEALTHZ", "/-/%68ealthz", "/x/-/healthz", "/-/"]) {
      const { fields } = await server.ask("GET", target);
      assert.equal(fieldValue(fields, "x-from"), "application", target);
    }
  });

  test("is answered in its turn among others, and with HTTP/1.0", async () => {
    await using server = await served();
    using client = await server.connect();
    const targets = ["/first", "/-/healthz", "/last"];
    for (const target of targets) client.request("GET", target);
    const bodies: string[] = [];
    for (const _ of targets) bodies.push((await client.answer()).body.toString());
    assert.deepEqual(bodies, ["/first", "ok\n", "/last"]);
    using old = await server.connect();
    old.request("GET", "/-/healthz", { version: "HTTP/1.0" });
    assert.equal((await old.answer()).body.toString(), "ok\n");
    assert.equal((await old.rest()).ended, "closed");
  });

  test("is the application's where nobody has asked for it", async () => {
    await using server = await serveApplication(application);
    const { fields } = await server.ask("GET", "/-/healthz");
    assert.equal(fieldValue(fields, "x-from"), "application");
  });
});

describe("a server that is to be left", () => {
  test("says so to those who ask whether it is ready, and serves on", async () => {
    await using server = await served();
    server.server.leave();
    const ready = await server.ask("GET", PATHS.readyPath);
    assert.equal(ready.status, 503);
    assert.equal(ready.body.toString(), "draining\n");
    assert.equal((await server.ask("GET", PATHS.path)).status, 200);
    using client = await server.connect();
    client.request("GET", "/");
    const answer = await client.answer();
    assert.equal(answer.status, 200);
    assert.equal(fieldValue(answer.fields, "connection"), undefined);
  });

  test("can make each answer the last of its connection, without closing idle ones", async () => {
    await using server = await served();
    using there = await server.connect();
    there.request("GET", "/");
    await there.answer();
    server.server.endKeepAlive();
    using later = await server.connect();
    for (const client of [there, later]) {
      client.request("GET", "/");
      const answer = await client.answer();
      assert.equal(answer.status, 200);
      assert.equal(fieldValue(answer.fields, "connection"), "close");
    }
  });

  test("is still ready, for who asks, where it is replaced by another process", async () => {
    const busy = held("/held");
    await using server = await serveApplication(busy.application, { health: PATHS });
    using open = await server.connect();
    open.request("GET", "/held");
    using asks = await server.connect();
    await busy.begun;
    const retired = server.server.retire(30_000);
    asks.request("GET", PATHS.readyPath);
    assert.equal((await asks.answer()).status, 200);
    busy.goOn();
    await open.answer();
    open.finish();
    asks.finish();
    await retired;
  });
});
