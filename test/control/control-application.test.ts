import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ask } from "../../src/client/client-connection.ts";
import { PaperServer, serverStatus } from "./controlled-server.ts";

describe("over the control socket", () => {
  test("a server says how it, its workers and its settings are", async () => {
    await using server = await PaperServer.listening();
    const answers = await Promise.all(
      ["/status", "/workers", "/config"].map((path) => server.client.get(path)),
    );
    assert.deepEqual(answers, [
      { status: 200, value: serverStatus() },
      { status: 200, value: serverStatus().group },
      { status: 200, value: { settings: server.config } },
    ]);
    assert.deepEqual(server.log.lines, [], "to look is no command");
  });

  /** What is asked for, what is done, the line of the log, the answer. */
  const COMMANDS: readonly (readonly [string, string, string, unknown])[] = [
    ["/reload", "reload", "INFO Control: reload", { outcome: "reloaded" }],
    ["/stop", "stop", "INFO Control: stop", { pid: process.pid, how: "graceful" }],
    ["/stop?quick=0", "stop", "INFO Control: stop", { pid: process.pid, how: "graceful" }],
    [
      "/stop?quick=1",
      "stop at once",
      "INFO Control: stop at once",
      { pid: process.pid, how: "quick" },
    ],
    ["/workers/add", "resize by 1", "INFO Control: add 1", { before: 1, workers: 2 }],
    ["/workers/add?count=3", "resize by 3", "INFO Control: add 3", { before: 1, workers: 4 }],
    [
      "/workers/remove?count=1",
      "resize by -1",
      "INFO Control: remove 1",
      { before: 1, workers: 0 },
    ],
    [
      "/workers/kill?pid=4712",
      "replace 4712",
      "INFO Control: replace worker (pid:4712)",
      { pid: 4712, how: "replace" },
    ],
    [
      "/workers/kill?pid=4712&now=1",
      "kill 4712",
      "INFO Control: kill worker (pid:4712)",
      { pid: 4712, how: "kill" },
    ],
    ["/reopen", "reopen logs", "INFO Control: reopen logs", { reopened: true }],
  ];
  for (const [target, asked, line, value] of COMMANDS) {
    test(`POST ${target} does: ${asked}, and is one line of the log`, async () => {
      await using server = await PaperServer.listening();
      const answer = await server.client.post(target);
      assert.deepEqual(answer.value, value);
      assert.equal(answer.status, target.startsWith("/stop") ? 202 : 200);
      assert.deepEqual(server.asked, [asked]);
      assert.deepEqual(server.log.lines, [line]);
    });
  }

  test("a reload that fails is an error, with the reason", async () => {
    await using server = await PaperServer.listening();
    server.reloads = { kind: "failed", why: "no such module" };
    assert.deepEqual(await server.client.post("/reload"), {
      status: 500,
      value: { outcome: "failed", error: "no such module" },
    });
  });

  /** Method, target, status, what the error says. */
  const REFUSED: readonly (readonly ["get" | "post", string, number, RegExp])[] = [
    ["get", "/", 404, /^there is no \/; there are \/status, /],
    ["get", "/toString", 404, /^there is no \/toString/],
    ["post", "/status", 405, /^\/status is asked for by GET, HEAD$/],
    ["get", "/stop", 405, /^\/stop is asked for by POST$/],
    ["post", "/stop?quik=1", 400, /^\/stop has no parameter "quik"$/],
    ["post", "/stop?quick=yes", 400, /^quick: "yes" is not 1 or 0$/],
    ["post", "/workers/add?count=0", 400, /^count: "0" is not a whole number of at least 1$/],
    ["post", "/workers/kill", 400, /^it needs pid=PID, of a worker$/],
    ["post", "/workers/kill?pid=1", 404, /^no worker of this server has pid 1$/],
  ];
  for (const [method, target, status, error] of REFUSED) {
    test(`${method.toUpperCase()} ${target} is refused with ${status}, in JSON`, async () => {
      await using server = await PaperServer.listening();
      const answer = await server.client[method](target);
      assert.equal(answer.status, status);
      assert.match((answer.value as { error: string }).error, error);
      assert.deepEqual(
        server.asked.filter((asked) => asked !== "replace 1"),
        [],
      );
    });
  }

  test("what a method is allowed for stands in the answer that refuses another", async () => {
    await using server = await PaperServer.listening();
    const answer = await ask(server.client.path, "GET", "/reload");
    assert.deepEqual(
      answer.fields.filter(([name]) => name === "Allow" || name === "Content-Type"),
      [
        ["Content-Type", "application/json"],
        ["Allow", "POST"],
      ],
    );
  });

  for (const target of ["/reload", "/workers/add", "/workers/kill?pid=4712"]) {
    test(`POST ${target} has to wait while the server starts`, async () => {
      await using server = await PaperServer.listening();
      server.stage = "starting";
      assert.deepEqual(await server.client.post(target), {
        status: 409,
        value: { error: "the server still starts" },
      });
      assert.deepEqual(server.asked, []);
    });
  }

  test("a worker that is stuck can be killed while the server stops", async () => {
    await using server = await PaperServer.listening();
    server.stage = "stopping";
    assert.equal((await server.client.post("/workers/kill?pid=4712&now=1")).status, 200);
    assert.equal((await server.client.post("/reload")).status, 409);
    assert.deepEqual(server.asked, ["kill 4712"]);
  });
});
