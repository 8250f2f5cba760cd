/** Where a server can listen, and what it says when it cannot. */

import assert from "node:assert/strict";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { ask, ClientConnection } from "../../src/client/client-connection.ts";
import type { Address } from "../../src/server/addresses.ts";
import { ListenError, type Listener } from "../../src/server/listeners.ts";
import { Server } from "../../src/server/server.ts";
import type { Application } from "../../src/wsgi/types.ts";
import { application as environment } from "../apps/environment.ts";

const directory = mkdtempSync(join(tmpdir(), "portico-listeners-"));
after(() => rmSync(directory, { recursive: true }));

let names = 0;
/** A path that no other test uses. */
function freshPath(): string {
  names += 1;
  return join(directory, `${names}.sock`);
}

function listen(application: Application, ...addresses: readonly Address[]): Promise<Server> {
  return Server.listen(application, {
    addresses,
    backlog: 100,
    software: "test",
    multiprocess: false,
    log: { warning: () => {}, error: () => {}, raw: () => {} },
  });
}

const unix = (path: string): Address => ({ kind: "unix", path });
const tcp = (host: string, port = 0): Address => ({ kind: "tcp", host, port });

/** What the environment application says of a request. */
function stringsOf(body: Buffer): Readonly<Record<string, string>> {
  const { strings } = JSON.parse(body.toString()) as { strings: Record<string, string> };
  return strings;
}

for (const [name, address] of [
  ["a TCP address", () => tcp("127.0.0.1")],
  ["a Unix socket", () => unix(freshPath())],
] as const) {
  test(`${name} that is left keeps those who come until they are taken`, async () => {
    await using server = await listen(environment, address());
    const listener = startedListener(server);
    listener.leave();
    const at = listener.address.kind === "tcp" ? listener.address.port : listener.address.path;
    using client = await ClientConnection.open(at);
    client.request("GET", "/");
    // Each turn of the event loop would take one.
    for (let turn = 0; turn < 10; turn += 1) await nextTurn();
    assert.equal(server.statistics.totals.connections, 0);
    listener.take();
    assert.equal((await client.answer()).status, 200);
  });
}

test("a listener that yields to others takes again a moment later", async () => {
  await using server = await listen(environment, tcp("127.0.0.1"));
  const listener = startedListener(server);
  using client = await askWhileOthersMayTake(server, listener);
  assert.equal((await client.answer()).status, 200);
});

test("a listener that yields to others and closes takes first what has come", async () => {
  await using server = await listen(environment, tcp("127.0.0.1"));
  const listener = startedListener(server);
  using client = await askWhileOthersMayTake(server, listener);
  listener.isShared = false;
  await listener.close();
  assert.equal((await client.answer()).status, 200);
});

describe("a TCP address", () => {
  test("of IPv6 is served, in brackets where CGI and URLs want them", async () => {
    await using server = await listen(environment, tcp("::1"));
    server.start();
    assert.equal(server.url, `http://[::1]:${server.port}`);
    using client = await ClientConnection.open({ host: "::1", port: server.port });
    client.request("GET", "/");
    const strings = stringsOf((await client.answer()).body);
    assert.equal(strings.SERVER_NAME, "[::1]");
    assert.equal(strings.SERVER_PORT, String(server.port));
    assert.equal(strings.REMOTE_ADDR, "::1");
    client.socket.destroy();
  });

  test("of both families shows IPv4 clients as such", async () => {
    await using server = await listen(environment, tcp("::"));
    server.start();
    const strings = stringsOf((await ask(server.port, "GET", "/")).body);
    assert.equal(strings.SERVER_NAME, "127.0.0.1");
    assert.equal(strings.REMOTE_ADDR, "127.0.0.1");
  });

  test("that is taken is refused by name, with a remedy", async () => {
    await using server = await listen(environment, tcp("127.0.0.1"));
    await assert.rejects(listen(environment, tcp("127.0.0.1", server.port)), (error) => {
      assert.ok(error instanceof ListenError);
      assert.match(error.message, new RegExp(`^cannot listen on ${server.url}: .*another address`));
      return true;
    });
  });

  test("that cannot be had closes the ones before it", async () => {
    const path = freshPath();
    await assert.rejects(listen(environment, unix(path), tcp("192.0.2.1")), /no such address/);
    assert.equal(existsSync(path), false);
  });

  test("may be one of several, all served alike", async () => {
    const path = freshPath();
    await using server = await listen(environment, tcp("127.0.0.1"), tcp("::1"), unix(path));
    server.start();
    assert.equal(server.addresses.length, 3);
    assert.equal((await ask(server.port, "GET", "/")).status, 200);
    assert.equal((await ask(path, "GET", "/")).status, 200);
  });
});

describe("a Unix socket", () => {
  test("is served with all the names that CGI wants, and removed at the end", async () => {
    const path = freshPath();
    const server = await listen(environment, unix(path));
    server.start();
    assert.equal(server.url, `unix:${path}`);
    assert.equal(server.port, 0);
    const strings = stringsOf((await ask(path, "GET", "/")).body);
    assert.equal(strings.SERVER_NAME, "localhost");
    assert.equal(strings.SERVER_PORT, "80");
    assert.equal(strings.REMOTE_ADDR, "");
    await server.close();
    assert.equal(existsSync(path), false);
  });

  test("that nobody listens on any more is replaced", async () => {
    const path = freshPath();
    await leaveStaleSocket(path);
    assert.ok(statSync(path).isSocket());
    await using server = await listen(environment, unix(path));
    server.start();
    assert.equal((await ask(path, "GET", "/")).status, 200);
  });

  test("that somebody listens on is refused and left alone", async () => {
    const path = freshPath();
    await using server = await listen(environment, unix(path));
    server.start();
    await assert.rejects(listen(environment, unix(path)), /another program listens there/);
    assert.equal((await ask(path, "GET", "/")).status, 200);
  });

  test("is refused where a file or a directory has its name", async () => {
    const file = freshPath();
    writeFileSync(file, "mine");
    const folder = freshPath();
    mkdirSync(folder);
    for (const path of [file, folder]) {
      await assert.rejects(listen(environment, unix(path)), /a file that is no socket/);
      assert.ok(existsSync(path));
    }
  });

  test("that cannot be made is refused with the reason", async () => {
    const nowhere = join(directory, "nowhere", "a.sock");
    await assert.rejects(listen(environment, unix(nowhere)), /its directory does not exist/);
    const long = join(directory, "x".repeat(200));
    await assert.rejects(listen(environment, unix(long)), /the path is too long/);
  });

  test("outlives an answer that breaks off", async () => {
    const path = freshPath();
    const application: Application = (environ, startResponse) => {
      startResponse("200 OK", []);
      return environ.PATH_INFO === "/breaks" ? breaksOff() : [Buffer.from("whole")];
    };
    await using server = await listen(application, unix(path));
    server.start();
    for (const version of ["HTTP/1.0", "HTTP/1.1"] as const) {
      const answer = await ask(path, "GET", "/breaks", { version });
      assert.equal(answer.body.toString(), "begun");
      assert.equal((await ask(path, "GET", "/")).body.toString(), "whole");
    }
  });
});

/** A socket file whose listener has gone without removing it. */
async function leaveStaleSocket(path: string): Promise<void> {
  const made = `${path}.made`;
  const listener = createServer();
  await new Promise<void>((resolve) => listener.listen(made, resolve));
  renameSync(made, path);
  await new Promise((resolve) => listener.close(resolve));
}

function* breaksOff(): Generator<Uint8Array> {
  yield Buffer.from("begun");
  throw new Error("breaks off");
}

function startedListener(server: Server): Listener {
  const [listener] = server.listeners;
  assert.ok(listener !== undefined);
  server.start();
  return listener;
}

async function askWhileOthersMayTake(
  server: Server,
  listener: Listener,
): Promise<ClientConnection> {
  listener.isShared = true;
  listener.yieldToOthers();
  const client = await ClientConnection.open(server.port);
  client.request("GET", "/");
  return client;
}
