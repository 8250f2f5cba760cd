/** How long an application may keep its client waiting, and what is none of its time. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setImmediate } from "node:timers/promises";
import type { Application, Environ } from "../../../src/wsgi/types.ts";
import { application as echo } from "../../apps/echo.ts";
import { held } from "../../support/held.ts";
import { Connections, TIMEOUTS } from "./connections.ts";

const POST = "POST /upload HTTP/1.1\r\nHost: test\r\nContent-Length: 10\r\n\r\n";
const LIMIT = TIMEOUTS.application / 1000;
const TOO_LONG = /its application took longer than 40 s \(see --timeout\)/;

/** Has the connections looked at each quarter of a second. */
function wait(connections: Connections, from: number, to: number): void {
  for (let seconds = from; seconds <= to; seconds += 0.25) connections.at(seconds);
}

/** Never answers; keeps the environ of its last request. */
class Stuck {
  environ: Environ | undefined;
  readonly application: Application = (environ) => {
    this.environ = environ;
    return new Promise(() => {});
  };
}

describe("a request whose application does not answer", () => {
  test("is answered 504 at the limit, the last on its connection", async () => {
    const { application } = new Stuck();
    await using connections = await Connections.open(application);
    using client = await connections.connect();
    client.request("GET", "/stuck?a=b");
    await connections.quiet();
    wait(connections, 0, LIMIT - 0.25);
    assert.equal(connections.exchanges.length, 0);
    wait(connections, LIMIT, LIMIT);
    const answer = await client.answer();
    assert.equal(answer.status, 504);
    assert.equal((await client.rest()).ended, "closed");
    assert.deepEqual(connections.log, [
      "GET /stuck?a=b: its application took longer than 40 s (see --timeout); it is answered 504",
    ]);
  });

  test("has a line in the access log, once", async () => {
    const { application, goOn } = held();
    await using connections = await Connections.open(application);
    using client = await connections.connect();
    client.request("GET", "/");
    await connections.quiet();
    wait(connections, 0, LIMIT);
    await client.answer();
    goOn();
    await setImmediate();
    assert.deepEqual(
      connections.exchanges.map(({ response }) => response?.statusCode),
      [504],
    );
    assert.equal(connections.log.length, 1, "what it says too late is of no interest");
  });

  test("has its application told by portico.closed", async () => {
    const stuck = new Stuck();
    await using connections = await Connections.open(stuck.application);
    using client = await connections.connect();
    client.request("GET", "/");
    await connections.quiet();
    wait(connections, 0, LIMIT);
    const closed = stuck.environ?.["portico.closed"];
    assert.equal(closed?.aborted, true);
    assert.equal(closed?.reason.name, "TimeoutError");
    await client.answer();
  });

  test("does not hold up the requests of other connections", async () => {
    const stuck = new Stuck();
    const application: Application = (environ, startResponse) =>
      environ.PATH_INFO === "/stuck"
        ? stuck.application(environ, startResponse)
        : echo(environ, startResponse);
    await using connections = await Connections.open(application);
    using late = await connections.connect();
    late.request("GET", "/stuck");
    await connections.quiet();
    wait(connections, 0, LIMIT - 1);
    using other = await connections.connect();
    other.request("GET", "/other");
    assert.equal((await other.answer()).status, 200);
    wait(connections, LIMIT - 0.75, LIMIT);
    assert.equal((await late.answer()).status, 504);
    other.request("GET", "/other");
    assert.equal((await other.answer()).status, 200);
  });
});

describe("an answer that stops", () => {
  test("is cut off, and never looks whole", async () => {
    const application: Application = (_environ, startResponse) => {
      startResponse("200 OK", []);
      return someThenNothing();
    };
    await using connections = await Connections.open(application);
    using client = await connections.connect();
    client.request("GET", "/stream");
    await client.take(1);
    wait(connections, 0, LIMIT);
    assert.doesNotMatch((await client.rest()).bytes.toString(), /0\r\n\r\n$/);
    assert.match(connections.log.join("\n"), TOO_LONG);
    assert.match(connections.log.join("\n"), /; its answer is cut off$/);
    assert.equal(connections.exchanges.length, 1);
  });

  test("with its last byte sent ends with the connection: close() may hang too", async () => {
    const application: Application = (_environ, startResponse) => {
      startResponse("200 OK", [["Content-Length", "4"]]);
      return Object.assign([Buffer.from("done")], { close: () => new Promise<void>(() => {}) });
    };
    await using connections = await Connections.open(application);
    using client = await connections.connect();
    client.request("GET", "/");
    assert.equal((await client.answer()).body.toString(), "done");
    wait(connections, 0, LIMIT);
    assert.equal((await client.rest()).ended, "closed");
    assert.match(connections.log.join("\n"), /; its connection is closed$/);
  });
});

describe("what is not the application's time", () => {
  test("a body that its client sends slowly", async () => {
    await using connections = await Connections.open(echo);
    using client = await connections.connect();
    client.send(POST);
    await connections.received(POST.length);
    for (let piece = 1; piece <= 10; piece += 1) {
      wait(connections, (piece - 1) * 19, piece * 19);
      client.send("x");
      await connections.received(POST.length + piece);
    }
    assert.equal((await client.answer()).body.toString(), "x".repeat(10));
  });

  test("an answer that its client reads slowly", async () => {
    const application: Application = (_environ, startResponse) => {
      startResponse("200 OK", []);
      return [Buffer.alloc(30_000_000)];
    };
    await using connections = await Connections.open(application);
    using client = await connections.connect();
    client.request("GET", "/");
    await connections.stalled();
    for (let seconds = 0; connections.bytesWaiting > 0; seconds += 20) {
      const before = connections.bytesUnsent;
      while (connections.bytesUnsent === before) await client.take(65_536);
      if (connections.bytesWaiting > 0) wait(connections, seconds, seconds + 20);
      assert.equal(connections.open, 1);
    }
    assert.deepEqual(connections.log, []);
  });

  test("that of an engine which keeps a deadline of its own", async () => {
    const { application, goOn } = held();
    const engine: Application = (environ, startResponse) => {
      Object.assign(environ["portico.engine"] ?? {}, { keepsDeadline: true });
      return application(environ, startResponse);
    };
    await using connections = await Connections.open(engine);
    using client = await connections.connect();
    client.request("GET", "/");
    await connections.quiet();
    wait(connections, 0, 10 * LIMIT);
    goOn();
    assert.equal((await client.answer()).body.toString(), "done");
  });
});

async function* someThenNothing(): AsyncGenerator<Uint8Array> {
  yield Buffer.from("some");
  await new Promise(() => {});
}
