/** What takes too long is ended; what may take its time is not. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Application } from "../../../src/wsgi/types.ts";
import { application as echo } from "../../apps/echo.ts";
import { Connections } from "./connections.ts";

const NOTHING = Buffer.alloc(0);
const POST = "POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 10\r\n\r\n";

describe("a head", () => {
  test("that never ends is answered 408", async () => {
    await using connections = await Connections.open(echo);
    using client = await connections.connect();
    client.send("GET / HT");
    await connections.received(8);
    connections.at(9.9);
    client.send("TP/1.1\r\nHos");
    await connections.received(19);
    connections.at(10.1);
    const answer = await client.answer();
    assert.equal(answer.status, 408);
    assert.deepEqual(await client.rest(), { bytes: NOTHING, ended: "closed" });
    assert.match(connections.log.join("\n"), /^Refused 127\.0\.0\.1 with 408: /);
  });

  test("that never begins is no request: the connection closes without a word", async () => {
    await using connections = await Connections.open(echo);
    using client = await connections.connect();
    connections.at(10.1);
    assert.deepEqual(await client.rest(), { bytes: NOTHING, ended: "closed" });
    assert.deepEqual(connections.log, []);
  });

  test("of a later request has the same time from its first byte on", async () => {
    await using connections = await Connections.open(echo);
    using client = await connections.connect();
    client.request("GET", "/");
    await client.answer();
    connections.at(4);
    const before = connections.bytesRead;
    client.send("GE");
    await connections.received(before + 2);
    connections.at(13.9);
    client.send("T");
    await connections.received(before + 3);
    connections.at(14.1);
    assert.equal((await client.answer()).status, 408);
  });
});

describe("an idle connection", () => {
  test("is closed after the keep-alive time, without a word and not before", async () => {
    await using connections = await Connections.open(echo);
    using client = await connections.connect();
    for (const seconds of [4.9, 9.7]) {
      client.request("GET", "/");
      assert.equal((await client.answer()).status, 200);
      connections.at(seconds);
    }
    connections.at(14.8);
    assert.deepEqual(await client.rest(), { bytes: NOTHING, ended: "closed" });
  });
});

describe("a body", () => {
  test("that stalls is answered 408, and its reader is told", async () => {
    let told: unknown;
    const application: Application = async (environ) => {
      told = await environ["wsgi.input"].read().catch((error: unknown) => error);
      throw told;
    };
    await using connections = await Connections.open(application);
    using client = await connections.connect();
    client.send(`${POST}12345`);
    await connections.received(POST.length + 5);
    connections.at(19.9);
    connections.at(20.1);
    assert.equal((await client.answer()).status, 408);
    assert.equal((await client.rest()).ended, "closed");
    assert.ok(told instanceof Error);
    assert.match(connections.log.join("\n"), /too long/);
  });

  test("that comes slowly is waited for, piece by piece", async () => {
    await using connections = await Connections.open(echo);
    using client = await connections.connect();
    client.send(POST);
    await connections.received(POST.length);
    for (let piece = 1; piece <= 10; piece += 1) {
      connections.at(piece * 19);
      client.send("x");
      await connections.received(POST.length + piece);
    }
    assert.equal((await client.answer()).body.toString(), "x".repeat(10));
  });
});

describe("an answer", () => {
  test("that nobody reads is cut after the write time, and its application is told", async () => {
    const closed = hold();
    let hasLeft: (() => boolean) | undefined;
    const application: Application = (environ, startResponse) => {
      hasLeft = environ["portico.client_disconnected"];
      environ["portico.closed"]?.addEventListener("abort", closed.resolve);
      startResponse("200 OK", []);
      return endless();
    };
    await using connections = await Connections.open(application);
    using client = await connections.connect();
    client.request("GET", "/");
    await connections.stalled();
    connections.at(60);
    connections.at(89);
    assert.ok(connections.bytesWaiting > 0);
    assert.equal(hasLeft?.(), false);
    connections.at(91);
    await closed.promise;
    assert.equal(hasLeft?.(), true);
  });

  test("is waited for as long as the client takes some of it", async () => {
    const application: Application = (_environ, startResponse) => {
      startResponse("200 OK", []);
      return [Buffer.alloc(30_000_000)];
    };
    await using connections = await Connections.open(application);
    using client = await connections.connect();
    client.request("GET", "/");
    await connections.stalled();
    connections.at(60);
    for (let seconds = 91; ; seconds += 31) {
      const before = connections.bytesUnsent;
      while (connections.bytesUnsent === before) await client.take(65_536);
      if (connections.bytesWaiting === 0) break;
      connections.at(seconds);
      assert.equal(connections.open, 1);
    }
  });
});

describe("a lingering connection", () => {
  test("ends after the linger time though the client keeps it open", async () => {
    await using connections = await Connections.open(echo);
    using client = await connections.connect();
    client.request("GET", "/", { fields: [["Connection", "close"]] });
    await client.answer();
    assert.equal((await client.rest()).ended, "closed");
    connections.at(1.9);
    assert.equal(connections.open, 1);
    connections.at(2.1);
    await connections.closed();
  });
});

function* endless(): Generator<Uint8Array> {
  for (;;) yield Buffer.alloc(65_536);
}

function hold(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve: () => void = () => {};
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
