import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { ClientConnection } from "../../src/client/client-connection.ts";
import { Gate } from "../support/gate.ts";
import { PorticoRun } from "../support/portico-run.ts";
import { repositoryRoot } from "../support/python-environment.ts";
import { isRunning, until } from "../support/until.ts";

const cwd = mkdtempSync(join(tmpdir(), "portico-supervisor-"));
after(() => rmSync(cwd, { recursive: true }));

const WAITER = join(repositoryRoot, "test/apps/engines/waiter.ts");
const MIXED = join(repositoryRoot, "test/apps/engines/mixed.ts");
/** At once, each on a connection of its own. */
const CLIENTS = 20;

const LAB = join(repositoryRoot, "test/apps/engines/lab.py:app");

function serving(...args: readonly string[]): Promise<PorticoRun> {
  const env = { LAB_TARGET: LAB };
  return PorticoRun.serving({ args: ["-b", "127.0.0.1:0", "-w", "2", ...args], cwd, env });
}

describe("server workers under a supervisor", { concurrency: 2 }, () => {
  test("share the connections fairly, whoever of them is awake first", async () => {
    await using run = await serving(WAITER);
    const { port } = new URL(run.url);
    const clients: ClientConnection[] = [];
    const counts = new Map(run.descendants.map((pid) => [pid, 0]));
    try {
      for (let at = 0; at < CLIENTS; at += 1) {
        const client = await ClientConnection.open(Number(port));
        clients.push(client);
        client.request("GET", "/");
        const pid = Number((await client.answer()).body.toString());
        counts.set(pid, (counts.get(pid) ?? 0) + 1);
      }
    } finally {
      for (const client of clients) client[Symbol.dispose]();
    }
    assert.equal(counts.size, 2);
    assert.ok(Math.min(...counts.values()) >= CLIENTS / 4, `${[...counts.values()]}`);
  });

  for (const signal of ["SIGKILL", "SIGSEGV"] as const) {
    test(`are replaced after ${signal}, while the others go on`, async () => {
      await using run = await serving(WAITER);
      const pid = Number((await run.get("/")).text);
      process.kill(pid, signal);
      await run.stderr.line(
        new RegExp(
          `\\[ERROR\\] Worker \\(pid:${pid}\\) was sent ${signal}; another takes its place`,
        ),
      );
      for (let at = 0; at < 4; at += 1) assert.equal((await run.get("/")).status, 200);
      await until("there are two again", () => run.descendants.length === 2);
      assert.ok(!run.descendants.includes(pid));
    });
  }

  test("take their Python workers with them, and their successors have new ones", async () => {
    await using run = await serving(MIXED);
    await until("all are there", () => run.descendants.length === 6);
    const before = run.descendants;
    const [, text] = (await run.get("/who")).text.split(" ");
    process.kill(Number(text), "SIGKILL");
    await run.stderr.line(/another takes its place/);
    await until("its Python workers are gone", () => before.filter(isRunning).length === 3);
    await until("all are there again", () => run.descendants.length === 6);
    assert.equal((await run.get("/python/answer/x")).text, "x");
    assert.equal((await run.get("/python/flags/x")).text, "False True");
  });

  test("leave the deadline of a Python application to its engine, which knows more", async () => {
    await using run = await serving("-t", "1", MIXED);
    assert.equal((await run.get("/python/sleep/9")).status, 504);
    await run.stderr.line(/WORKER TIMEOUT \(pid:\d+\).*\/sleep\/9/);
    assert.doesNotMatch(run.stderr.text, /its application took longer/);
  });

  test("that take connections slowly are not taken for hung ones", async () => {
    const busy = join(cwd, "busy.mjs");
    writeFileSync(
      busy,
      `const turn = () => {
        const end = performance.now() + 100;
        while (performance.now() < end);
        setImmediate(turn);
      };
      export const app = (environ, start) => {
        if (environ.PATH_INFO === "/slow") turn();
        start("200 OK", []);
        return [];
      };`,
    );
    await using run = await serving("-w", "1", "--timeout", "4", busy);
    await run.get("/slow");
    // One is taken at each turn of its event loop, and a ping waits behind all, longer than --timeout.
    const answers = await Promise.all(Array.from({ length: 90 }, () => run.get("/")));
    assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200]);
    assert.doesNotMatch(run.stderr.text, /WORKER TIMEOUT/);
  });

  test("that no longer answer are replaced after --timeout", async () => {
    await using run = await serving("-t", "1", WAITER);
    const gate = await Gate.open(join(cwd, "gate"));
    const late = run.get("/loop/x");
    const { pid } = await gate.arrival("x");
    await run.stderr.line(
      new RegExp(`Worker \\(pid:${pid}\\) was killed: its event loop stood still for 1 s; another`),
    );
    assert.equal((await late).status, 504);
    await gate.close();
    const lost = run.stderr.lines.filter((line) => line.includes("another takes its place"));
    assert.equal(lost.length, 1, "an idle worker was taken for dead");
    for (let at = 0; at < 4; at += 1) assert.equal((await run.get("/")).status, 200);
  });
});
