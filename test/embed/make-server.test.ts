/** makeServer(), as easy as wsgiref's. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { buffers, DEFAULT_BUFFER_LIMITS, setBufferLimits } from "../../src/buffers/buffers.ts";
import { ask, ClientConnection } from "../../src/client/client-connection.ts";
import { type Application, ListenError, makeServer, serve } from "../../src/index.ts";
import { DEFAULT_TIMEOUTS } from "../../src/server/limits.ts";
import { application as ignoresBody } from "../apps/ignores_body.ts";
import { KeptLog } from "../support/serve-application.ts";

describe("makeServer()", () => {
  test("gives a server on a free port for port 0, which serves until it is closed", async () => {
    const server = await makeServer("127.0.0.1", 0, ignoresBody);
    const forever = server.serveForever();
    assert.equal(server.url, `http://127.0.0.1:${server.port}`);
    assert.deepEqual(server.addresses, [{ kind: "tcp", host: "127.0.0.1", port: server.port }]);
    assert.equal((await ask(server.port, "GET", "/")).body.toString(), "ignored");
    await server.close();
    await forever;
    await assert.rejects(ClientConnection.open(server.port), Error);
  });

  test("gives a server that handles one request and returns", async () => {
    await using server = await makeServer("127.0.0.1", 0, ignoresBody);
    const asked = ask(server.port, "GET", "/");
    await server.handleRequest();
    assert.equal((await asked).status, 200);
  });

  test("gives a server that `await using` ends", async () => {
    let port = 0;
    {
      await using server = await makeServer("127.0.0.1", 0, ignoresBody);
      server.start();
      ({ port } = server);
      assert.equal((await ask(port, "GET", "/")).status, 200);
    }
    await assert.rejects(ClientConnection.open(port), /ECONNREFUSED/);
  });

  test("rejects where it cannot listen, and says so", async () => {
    await using server = await makeServer("127.0.0.1", 0, ignoresBody);
    await assert.rejects(makeServer("127.0.0.1", server.port, ignoresBody), ListenError);
    await assert.rejects(makeServer("no.such.host.invalid", 0, ignoresBody), ListenError);
  });

  test("takes the limits of this process's buffers, and leaves those it is not given", async () => {
    await using _server = await makeServer("127.0.0.1", 0, ignoresBody, {
      buffers: { each: 1_000 },
    });
    const { each, memory, disk } = buffers;
    assert.deepEqual(
      { each, memory: memory.limit, disk: disk.limit },
      { ...DEFAULT_BUFFER_LIMITS, each: 1_000 },
    );
    setBufferLimits(DEFAULT_BUFFER_LIMITS);
  });

  test("gives an application half a minute to answer, or what it is told", async () => {
    const log = new KeptLog();
    await using server = await makeServer("127.0.0.1", 0, () => new Promise(() => {}), {
      timeouts: { application: 500 },
      log: log.logger,
    });
    server.start();
    assert.equal((await ask(server.port, "GET", "/never")).status, 504);
    await log.said(/GET \/never: its application took longer than 0.5 s/);
    assert.equal(DEFAULT_TIMEOUTS.application, 30_000);
  });

  test("takes limits, timeouts, a log and an observer", async () => {
    const log = new KeptLog();
    const seen: string[] = [];
    const fails: Application = () => {
      throw new Error("it fails");
    };
    await using server = await makeServer("127.0.0.1", 0, fails, {
      limits: { maxFields: 2 },
      timeouts: { keepAlive: 0 },
      log: log.logger,
      onExchange: ({ request, response }) => seen.push(`${request.target} ${response?.status}`),
    });
    server.start();
    assert.equal((await ask(server.port, "GET", "/fails")).status, 500);
    assert.deepEqual(seen, ["/fails 500 Internal Server Error"]);
    assert.match(log.text, /\[ERROR\] Error handling request GET \/fails\nError: it fails/);
    const fields = [0, 1, 2].map((at) => [`X-${at}`, ""] as const);
    assert.equal((await ask(server.port, "GET", "/", { fields })).status, 431);
  });

  test("says whether other processes serve the same application", async () => {
    const tells: Application = (environ, startResponse) => {
      startResponse("200 OK", []);
      return [Buffer.from(String(environ["wsgi.multiprocess"]))];
    };
    for (const multiprocess of [true, false]) {
      await using server = await makeServer("127.0.0.1", 0, tells, { multiprocess });
      server.start();
      assert.equal((await ask(server.port, "GET", "/")).body.toString(), String(multiprocess));
    }
  });
});

describe("serve()", () => {
  test("listens, says where, and serves", async () => {
    const log = new KeptLog();
    await using server = await serve(ignoresBody, { port: 0, signals: false, log: log.logger });
    assert.match(log.text, new RegExp(`Listening at: ${server.url} \\(${process.pid}\\)`));
    assert.equal((await ask(server.port, "GET", "/")).status, 200);
  });
});
