import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { PorticoRun } from "../support/portico-run.ts";
import { SteadyLoad } from "../support/steady-load.ts";
import { isRunning, until } from "../support/until.ts";
import { Versions } from "../support/versions.ts";

const ANYWHERE = ["-b", "127.0.0.1:0"];

/** Version and process that answered. */
async function asked(run: PorticoRun): Promise<{ readonly version: string; readonly pid: number }> {
  const { text } = await run.get("/");
  const [version = "", pid] = text.split(" ");
  return { version, pid: Number(pid) };
}

function serving(versions: Versions, ...args: readonly string[]): Promise<PorticoRun> {
  return PorticoRun.serving({ args: [...ANYWHERE, ...args], cwd: versions.directory });
}

function written(version: string): Versions {
  const versions = new Versions();
  versions.writePython(version);
  versions.writeTypeScript(version);
  return versions;
}

/** Name, target; both with one worker and with two. */
const TARGETS: readonly (readonly [string, readonly string[]])[] = [
  ["a Python application", ["shop:app"]],
  ["a Python application in two workers", ["-w", "2", "shop:app"]],
  ["a TypeScript application", ["./shop.ts"]],
  ["a TypeScript application in two workers", ["-w", "2", "./shop.ts"]],
];

for (const [name, args] of TARGETS) {
  describe(`${name}:`, { concurrency: 2 }, () => {
    test("HUP replaces the code, and no client notices", async () => {
      using versions = written("one");
      await using run = await serving(versions, ...args);
      const before = run.descendants;
      const load = new SteadyLoad({ url: run.url, clients: 8, every: 5 });
      try {
        versions.writePython("two");
        versions.writeTypeScript("two");
        run.kill("SIGHUP");
        await run.stderr.line(/\[INFO\] Reloaded: \d workers? of the new code$/);
        assert.equal((await asked(run)).version, "two");
        assert.deepEqual(load.take().failures, []);
      } finally {
        await load[Symbol.asyncDispose]();
      }
      await until("the old workers have ended", () => !before.some(isRunning));
      assert.equal(run.descendants.filter(isRunning).length, before.length);
      assert.doesNotMatch(run.stderr.text, /ERROR|WARNING|CRITICAL/);
    });

    test("HUP with broken code leaves the old code serving, and says why", async () => {
      using versions = written("one");
      await using run = await serving(versions, ...args);
      const before = run.descendants;
      versions.breakAll();
      run.kill("SIGHUP");
      await run.stderr.line(
        /\[ERROR\] Reload failed: a new worker \(pid:\d+\) exited with status 4/,
      );
      assert.match(run.stderr.text, /nothing_that_there_is|broken on purpose/);
      assert.equal((await asked(run)).version, "one");
      assert.deepEqual(run.descendants, before);
      versions.writePython("two");
      versions.writeTypeScript("two");
      run.kill("SIGHUP");
      await run.stderr.line(/Reloaded:/);
      assert.equal((await asked(run)).version, "two");
    });

    test("TTIN and TTOU count the workers up and down, and never below one", async () => {
      using versions = written("one");
      await using run = await serving(versions, ...args);
      const count = run.descendants.length;
      run.kill("SIGTTIN");
      await run.stderr.line(new RegExp(`Workers: ${count + 1} from now on, 1 more$`));
      await until("there is one more", () => run.descendants.length === count + 1);
      for (let left = count; left >= 1; left -= 1) {
        run.kill("SIGTTOU");
        await run.stderr.line(new RegExp(`Workers: ${left} from now on, 1 fewer$`));
      }
      run.kill("SIGTTOU");
      await run.stderr.line(/Workers: 1, which is the least there can be$/);
      await until("one is left", () => run.descendants.length === 1);
      assert.equal((await asked(run)).version, "one");
    });

    test("--max-requests replaces workers, and no client notices", async () => {
      using versions = written("one");
      await using run = await serving(versions, "--max-requests", "50", ...args);
      const before = run.descendants;
      const load = new SteadyLoad({ url: run.url, clients: 4, every: 5 });
      try {
        await run.stderr.line(
          /\(pid:\d+\) has ended: it has served \d+ requests \(its limit: 50\)/,
        );
        await until("the first workers have ended", () => !before.some(isRunning));
        assert.deepEqual(load.take().failures, []);
      } finally {
        await load[Symbol.asyncDispose]();
      }
      assert.doesNotMatch(run.stderr.text, /ERROR|WARNING|CRITICAL/);
    });
  });
}

describe("while the disk holds broken code,", { concurrency: 2 }, () => {
  for (const [name, args] of [TARGETS[1], TARGETS[3]].filter((target) => target !== undefined)) {
    test(`${name} lives through kill -9, --max-requests and HUP with what is left`, async () => {
      using versions = written("one");
      await using run = await serving(versions, "--max-requests", "30", ...args);
      versions.breakAll();
      const { pid } = await asked(run);
      process.kill(pid, "SIGKILL");
      await run.stderr.line(
        new RegExp(`\\(pid:${pid}\\) was sent SIGKILL; another takes its place`),
      );
      await run.stderr.line(/before it was ready; 1 worker left, another is tried in 0.5 s/);
      for (let at = 0; at < 60; at += 1) assert.equal((await asked(run)).version, "one");
      run.kill("SIGHUP");
      await run.stderr.line(/Reload failed/);
      assert.equal((await asked(run)).version, "one");
      versions.writePython("two");
      versions.writeTypeScript("two");
      run.kill("SIGHUP");
      await run.stderr.line(/Reloaded: 2 workers/);
      assert.equal((await asked(run)).version, "two");
    });
  }
});

describe("a worker is warmed up", { concurrency: 2 }, () => {
  for (const target of ["shop:app", "./shop.ts"]) {
    test(`by --warmup before it is ready (${target})`, async () => {
      using versions = written("one");
      const ends = new PorticoRun({
        args: [...ANYWHERE, "--warmup", "/fail", target],
        cwd: versions.directory,
      });
      const { code, stderr } = await ends.ended;
      assert.equal(code, 4);
      assert.match(stderr, /portico: the warm-up request GET \/fail failed: .*on purpose/);
      await using run = await serving(versions, "--warmup", "/early?x=%C3%A9", target);
      assert.equal((await asked(run)).version, "one");
    });
  }
});

test("--max-rss replaces the worker that has grown, and the log has the figures", async () => {
  using versions = written("one");
  await using run = await serving(versions, "--max-rss", "60M", "shop:app");
  const { pid } = await asked(run);
  await run.get("/hold");
  await run.stderr.line(
    new RegExp(`\\(pid:${pid}\\) has ended: it held \\d+ MiB of memory \\(its limit: 60 MiB\\)`),
  );
  assert.notEqual((await asked(run)).pid, pid);
});

test("--max-worker-age replaces the worker that has grown old", async () => {
  using versions = written("one");
  await using run = await serving(versions, "--max-worker-age", "1", "shop:app");
  const { pid } = await asked(run);
  await run.stderr.line(
    new RegExp(`\\(pid:${pid}\\) has ended: it is 1.* s old \\(its limit: 1 s\\)`),
  );
  assert.equal((await asked(run)).version, "one");
});

test("a worker that dies by its own status is named with it", async () => {
  using versions = written("one");
  await using run = await serving(versions, "shop:app");
  assert.equal((await run.get("/die")).status, 502);
  await run.stderr.line(
    /\[ERROR\] Worker \(pid:\d+\) exited with status 7; another takes its place$/,
  );
  assert.equal((await asked(run)).version, "one");
});
