/** How connections end: early answers arrive, broken ones are seen to be broken, drained ones finish. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { requestBytes } from "../../../src/client/client-connection.ts";
import { fieldValue } from "../../../src/client/field-list.ts";
import type { Application } from "../../../src/wsgi/types.ts";
import { application as echo } from "../../apps/echo.ts";
import { application as ignoresBody } from "../../apps/ignores_body.ts";
import { held } from "../../support/held.ts";
import { Connections } from "./connections.ts";

const NOTHING = Buffer.alloc(0);
const UPLOAD = Buffer.alloc(5_000_000, "x");
const CHUNKED = [["Transfer-Encoding", "chunked"]] as const;

describe("an answer before the end of a large upload", () => {
  const inOneChunk = Buffer.concat([
    Buffer.from(`${UPLOAD.length.toString(16)}\r\n`),
    UPLOAD,
    Buffer.from("\r\n0\r\n\r\n"),
  ]);
  for (const [name, application, request, limit, status] of [
    ["of known length", ignoresBody, requestBytes("POST", "/", { body: UPLOAD }), 1e9, 200],
    [
      "in chunks",
      ignoresBody,
      requestBytes("POST", "/", { fields: CHUNKED, body: inOneChunk }),
      1e9,
      200,
    ],
    ["that is too large", echo, requestBytes("POST", "/", { body: UPLOAD }), 1000, 413],
    [
      "that grows too large",
      echo,
      requestBytes("POST", "/", { fields: CHUNKED, body: inOneChunk }),
      1000,
      413,
    ],
  ] as const) {
    test(`${name} reaches a client that reads only when it has sent all`, async () => {
      await using connections = await Connections.open(application, { maxBodyBytes: limit });
      using client = await connections.connect();
      await new Promise<void>((resolve) => {
        client.socket.write(request, () => resolve());
      });
      const answer = await client.answer();
      assert.equal(answer.status, status);
      assert.equal(answer.isWhole, true);
      assert.deepEqual(await client.rest(), { bytes: NOTHING, ended: "closed" });
    });
  }

  test("to a client that still waits for 100 Continue ends the connection", async () => {
    await using connections = await Connections.open(ignoresBody);
    using client = await connections.connect();
    client.request("POST", "/", {
      fields: [
        ["Expect", "100-continue"],
        ["Content-Length", "5"],
      ],
    });
    assert.equal((await client.head()).status, 200);
    assert.deepEqual(await client.rest(), { bytes: Buffer.from("ignored"), ended: "closed" });
  });
});

describe("bytes that are no HTTP", () => {
  test("behind an answered request's body do not cost it its answer", async () => {
    await using connections = await Connections.open(ignoresBody);
    using client = await connections.connect();
    client.request("POST", "/", { fields: CHUNKED, body: "5\r\n12345\r\nno chunk size\r\n" });
    const answer = await client.answer();
    assert.equal(answer.body.toString(), "ignored");
    assert.deepEqual(await client.rest(), { bytes: NOTHING, ended: "closed" });
  });

  test("in a body cut an answer that has begun", async () => {
    const application: Application = async (environ, startResponse) => {
      const write = startResponse("200 OK", []);
      await write(Buffer.from("begun"));
      await environ["wsgi.input"].read();
      return [];
    };
    await using connections = await Connections.open(application);
    using client = await connections.connect();
    client.request("POST", "/", { fields: CHUNKED, body: "5\r\n12345\r\n" });
    await client.head();
    assert.equal((await client.chunk()).toString(), "begun");
    client.send("no chunk size\r\n");
    assert.deepEqual((await client.rest()).bytes, NOTHING);
  });

  test("are a fault of the client's, told the log once and as a warning", async () => {
    const application: Application = async (environ, startResponse) => {
      await environ["wsgi.input"].read();
      startResponse("200 OK", []);
      return [];
    };
    await using connections = await Connections.open(application);
    using client = await connections.connect();
    client.request("POST", "/", { fields: CHUNKED, body: "no chunk size\r\n" });
    assert.equal((await client.answer()).status, 400);
    await client.rest();
    assert.equal(connections.log.length, 1, connections.log.join("\n"));
    assert.match(connections.log.join(), /^Refused 127\.0\.0\.1 with 400: /);
  });
});

describe("draining", () => {
  test("lets the open request finish, and says that the connection closes", async () => {
    const { application, begun, goOn } = held();
    await using connections = await Connections.open(application);
    using client = await connections.connect();
    client.request("GET", "/");
    await begun;
    connections.drain();
    goOn();
    const answer = await client.answer();
    assert.equal(fieldValue(answer.fields, "connection"), "close");
    assert.equal(answer.body.toString(), "done");
    assert.deepEqual(await client.rest(), { bytes: NOTHING, ended: "closed" });
  });

  test("takes no request that waits behind the open one", async () => {
    const { application, begun, goOn } = held();
    await using connections = await Connections.open(application);
    using client = await connections.connect();
    client.request("GET", "/");
    client.request("GET", "/");
    await begun;
    connections.drain();
    goOn();
    await client.answer();
    assert.deepEqual(await client.rest(), { bytes: NOTHING, ended: "closed" });
    assert.equal(connections.exchanges.length, 1);
  });

  test("answers a request that was under way to an idle connection, and then closes it", async () => {
    await using connections = await Connections.open(ignoresBody);
    using client = await connections.connect();
    client.request("GET", "/");
    await client.answer();
    connections.drain();
    client.request("GET", "/");
    assert.equal(fieldValue((await client.answer()).fields, "connection"), "close");
    assert.deepEqual(await client.rest(), { bytes: NOTHING, ended: "closed" });
  });

  test("closes a connection that stays idle half a second later", async () => {
    await using connections = await Connections.open(ignoresBody);
    using client = await connections.connect();
    client.request("GET", "/");
    await client.answer();
    connections.drain();
    connections.at(0.6);
    assert.deepEqual(await client.rest(), { bytes: NOTHING, ended: "closed" });
  });

  test("gives a new connection a moment to send its request", async () => {
    await using connections = await Connections.open(ignoresBody);
    using late = await connections.connect();
    using quick = await connections.connect();
    connections.drain();
    quick.request("GET", "/");
    assert.equal(fieldValue((await quick.answer()).fields, "connection"), "close");
    connections.at(1.1);
    assert.deepEqual(await late.rest(), { bytes: NOTHING, ended: "closed" });
  });

  test("waits for the rest of a head that has begun to come", async () => {
    await using connections = await Connections.open(ignoresBody);
    using client = await connections.connect();
    client.send("GET / HTTP/1.1\r\nHo");
    await connections.received(18);
    connections.drain();
    connections.at(5);
    client.send("st: test\r\n\r\n");
    const answer = await client.answer();
    assert.equal(answer.status, 200);
    assert.equal(fieldValue(answer.fields, "connection"), "close");
  });

  test("answers a client once more that has read, before it began, that the connection goes on", async () => {
    let goOn: () => void = () => {};
    const released = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const application: Application = (_environ, startResponse) => {
      startResponse("200 OK", []);
      return (async function* () {
        yield Buffer.from("begun, ");
        await released;
        yield Buffer.from("ended");
      })();
    };
    await using connections = await Connections.open(application);
    using client = await connections.connect();
    client.request("GET", "/");
    const head = await client.head();
    assert.equal(fieldValue(head.fields, "connection"), undefined);
    connections.drain();
    goOn();
    assert.equal((await client.behind(head)).body.toString(), "begun, ended");
    client.request("GET", "/");
    const answer = await client.answer();
    assert.equal(answer.body.toString(), "begun, ended");
    assert.equal(fieldValue(answer.fields, "connection"), "close");
    assert.deepEqual(await client.rest(), { bytes: NOTHING, ended: "closed" });
  });
});
