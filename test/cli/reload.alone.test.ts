/** What clients notice of a reload: measured beside the same load without one. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { PorticoRun } from "../support/portico-run.ts";
import { SteadyLoad } from "../support/steady-load.ts";
import { isRunning, until } from "../support/until.ts";
import { Versions } from "../support/versions.ts";

const CLIENTS = 32;
/**
 * Milliseconds. On a quiet machine it is under 50; a busy one does as much to clients without any
 * reload. A reload that they wait for would take them as long as the import.
 */
const LONGEST_PAUSE = 500;
/** Seconds. */
const IMPORT_TAKES = 2;

const LOAD = { clients: CLIENTS, every: 10 };

for (const [name, target] of [
  ["a Python application that takes 2 s to import", "shop:app"],
  ["a TypeScript application that takes 2 s to import", "./shop.ts"],
] as const) {
  test(`${CLIENTS} clients of ${name} notice nothing of a reload`, async (context) => {
    using versions = new Versions();
    const write = (version: string): void => {
      versions.writePython(version, { importTakes: IMPORT_TAKES });
      versions.writeTypeScript(version, { importTakes: IMPORT_TAKES });
    };
    write("one");
    await using run = await PorticoRun.serving({
      args: ["-b", "127.0.0.1:0", "-w", "2", target],
      cwd: versions.directory,
    });
    const before = run.descendants;
    await using load = new SteadyLoad({ url: run.url, ...LOAD });
    await until("all clients are there", () => load.answered >= 10 * CLIENTS);
    load.take();
    await until("as long as a reload takes has passed", clockAfter(2 * IMPORT_TAKES * 1000));
    const quiet = load.take();
    write("two");
    run.kill("SIGHUP");
    await run.stderr.line(/Reloaded: 2 workers of the new code$/);
    await until("the old workers have ended", () => !before.some(isRunning));
    const reload = load.take();
    assert.match((await run.get("/")).text, /^two /);
    context.diagnostic(
      `longest wait ${reload.longest.toFixed(1)} ms in ${reload.answered} requests; ` +
        `without a reload ${quiet.longest.toFixed(1)} ms in ${quiet.answered}; ` +
        `${reload.reconnected} connections were made anew`,
    );
    assert.deepEqual([...quiet.failures, ...reload.failures], []);
    assert.ok(reload.longest < LONGEST_PAUSE, `${reload.longest} ms`);
    // The gateway of Python workers keeps its clients; the process of a TypeScript application ends.
    const most = target === "shop:app" ? 0 : CLIENTS;
    assert.ok(reload.reconnected <= most, `${reload.reconnected} connections were lost`);
  });
}

function clockAfter(milliseconds: number): () => boolean {
  const end = performance.now() + milliseconds;
  return () => performance.now() > end;
}
