/** What a server says of itself, from its first moment to its last. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { ClientConnection } from "../../src/client/client-connection.ts";
import { Gate } from "../support/gate.ts";
import { InsistentClients } from "../support/insistent-clients.ts";
import { PorticoRun } from "../support/portico-run.ts";
import { repositoryRoot } from "../support/python-environment.ts";
import { isRunning, until } from "../support/until.ts";
import { Versions } from "../support/versions.ts";

const BROKEN = join(repositoryRoot, "test/apps/broken");
const LAB = join(repositoryRoot, "test/apps/engines/lab.py:app");
const CHECKED = ["-b", "127.0.0.1:0", "--health-path", "/live", "--ready-path", "/ready"];

const cwd = mkdtempSync(join(tmpdir(), "portico-health-"));
after(() => rmSync(cwd, { recursive: true }));

/** Resolves when a readiness check is answered so. */
async function readiness(run: PorticoRun, status: number, text: string): Promise<void> {
  const deadline = performance.now() + 10_000;
  for (;;) {
    const answer = await run.get("/ready");
    if (answer.status === status && answer.text === text) return;
    assert.ok(performance.now() < deadline, `${answer.status} ${answer.text}`);
  }
}

const TARGETS = [
  ["a Python application", "shop:app"],
  ["a TypeScript application in two workers", "./shop.ts"],
] as const;

for (const [name, target] of TARGETS) {
  describe(`${name}:`, { concurrency: 2 }, () => {
    test("--drain-delay goes on serving, not ready any more; a second TERM cuts it short", async () => {
      using versions = new Versions();
      versions.writePython("one");
      versions.writeTypeScript("one");
      const args = [
        ...CHECKED,
        "--drain-delay",
        "3600",
        "--access-logfile",
        "-",
        "-w",
        "2",
        target,
      ];
      await using run = await PorticoRun.serving({ args, cwd: versions.directory });
      await readiness(run, 200, "ok\n");
      run.kill("SIGTERM");
      await run.stderr.line(/Draining: requests are taken for 3600 s more \(--drain-delay\)/);
      await readiness(run, 503, "draining\n");
      assert.equal((await run.get("/live")).status, 200);
      assert.match((await run.get("/shown")).text, /^one /);
      const workers = run.descendants;
      // One that comes too soon is taken for the same keystroke.
      const pressing = setInterval(() => run.kill("SIGTERM"), 100);
      const { code, stdout } = await run.ended;
      clearInterval(pressing);
      assert.equal(code, 0);
      assert.deepEqual(workers.filter(isRunning), []);
      assert.match(stdout, /"GET \/shown HTTP\/1.1" 200/);
      assert.doesNotMatch(stdout, /live|ready/, "health checks are no news");
    });

    test("--drain-delay ends with connections that were told so", async () => {
      using versions = new Versions();
      versions.writePython("whole");
      versions.writeTypeScript("whole");
      const args = [...CHECKED, "--drain-delay", "1", "-w", "2", target];
      await using run = await PorticoRun.serving({ args, cwd: versions.directory });
      using clients = new InsistentClients({ url: run.url, clients: 8, keepAlive: true });
      await until("all are busy", () => clients.answered > 8);
      run.kill("SIGTERM");
      await run.stderr.line(/Draining:/);
      const before = clients.answered;
      await until("they are still answered", () => clients.answered > before + 8);
      await clients.ended;
      assert.deepEqual(clients.lost, []);
      assert.equal((await run.ended).code, 0);
    });
  });
}

describe("while there is nobody to run a request,", { concurrency: 2 }, () => {
  test("a Python application that is still imported is alive and not ready; TERM tells who waits", async () => {
    await using run = new PorticoRun({ args: [...CHECKED, "hangs_at_import"], cwd: BROKEN });
    await run.stderr.line(/Booting worker/);
    await readiness(run, 503, "starting\n");
    assert.equal((await run.get("/live")).text, "ok\n");
    const waiting = run.get("/");
    await readiness(run, 503, "starting\n");
    run.kill("SIGTERM");
    assert.equal((await waiting).status, 503);
    assert.equal((await run.ended).code, 0);
  });

  test("a TypeScript application that is still imported: TERM tells who waits", async () => {
    await using run = new PorticoRun({ args: [...CHECKED, "./hangs.ts"], cwd: BROKEN });
    await run.stderr.line(/Booting worker/);
    using client = await ClientConnection.open(Number(new URL(run.url).port));
    client.request("GET", "/");
    run.kill("SIGTERM");
    assert.equal((await client.answer()).status, 503);
    client.finish();
    assert.equal((await run.ended).code, 0);
  });

  test("an application whose last worker has died, and cannot come back, is not ready", async () => {
    using versions = new Versions();
    versions.writePython("one");
    const args = [...CHECKED, "shop:app"];
    await using run = await PorticoRun.serving({ args, cwd: versions.directory });
    const { text } = await run.get("/");
    versions.breakAll();
    process.kill(Number(text.split(" ")[1]), "SIGKILL");
    await readiness(run, 503, "no worker serves\n");
    assert.equal((await run.get("/live")).status, 200);
    versions.writePython("two");
    run.kill("SIGHUP");
    await readiness(run, 200, "ok\n");
  });

  test("an application whose only worker is busy is alive and ready", async () => {
    const gate = await Gate.open(join(cwd, "gate"));
    await using run = await PorticoRun.serving({ args: [...CHECKED, LAB], cwd });
    const busy = run.get("/wait/x");
    const arrival = await gate.arrival("x");
    assert.equal((await run.get("/live")).status, 200);
    assert.equal((await run.get("/ready")).status, 200);
    arrival.pass();
    assert.equal((await busy).status, 200);
    await gate.close();
  });
});
