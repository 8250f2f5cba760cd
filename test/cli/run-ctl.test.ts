import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, test } from "node:test";
import type { ServerStatus } from "../../src/control/controlled.ts";
import { VERSION } from "../../src/embed/version.ts";
import type { GroupStatus } from "../../src/processes/group-status.ts";
import { controlSocketOf, ctl, ctlJson, ctlRun } from "../support/ctl-run.ts";
import { Gate } from "../support/gate.ts";
import { PorticoRun } from "../support/portico-run.ts";
import { repositoryRoot } from "../support/python-environment.ts";
import { SteadyLoad } from "../support/steady-load.ts";
import { isRunning, until } from "../support/until.ts";
import { Versions } from "../support/versions.ts";

/** Several starts and reloads, one after the other, on a machine that does much else. */
const LONGEST = 120_000;
const ANYWHERE = ["-b", "127.0.0.1:0"];
const LAB = join(repositoryRoot, "test/apps/engines/lab.py:app");
const WAITER = join(repositoryRoot, "test/apps/engines/waiter.ts");
const MIXED = join(repositoryRoot, "test/apps/engines/mixed.ts");

function written(version: string): Versions {
  const versions = new Versions();
  versions.writePython(version);
  versions.writeTypeScript(version);
  return versions;
}

function serving(versions: Versions, ...args: readonly string[]): Promise<PorticoRun> {
  return PorticoRun.serving({
    args: [...ANYWHERE, ...args],
    cwd: versions.directory,
    longest: LONGEST,
  });
}

async function statusOf(run: PorticoRun): Promise<ServerStatus> {
  return (await ctlJson(run, "status")) as ServerStatus;
}

async function groupOf(run: PorticoRun): Promise<GroupStatus> {
  return (await ctlJson(run, "workers")) as GroupStatus;
}

function readyPids({ workers }: GroupStatus): readonly number[] {
  return workers.filter(({ stage }) => stage === "ready").map(({ pid }) => pid);
}

for (const target of ["shop:app", "./shop.ts"]) {
  describe(`portico ctl, ${target}:`, { concurrency: 2 }, () => {
    test("status tells of the server, of its traffic and of each worker", async () => {
      using versions = written("one");
      await using run = await serving(versions, "-w", "2", target);
      for (let at = 0; at < 4; at += 1) await run.get("/");
      assert.equal((await run.get("/fail")).status, 500);
      const { uptime, group, traffic, lastError: _, ...facts } = await statusOf(run);
      assert.deepEqual(facts, {
        ...{ pid: run.pid, version: VERSION, application: target },
        ...{ directory: versions.directory, addresses: [run.url], stage: "serving" },
        ...{ lastReload: null, silent: [] },
      });
      assert.ok(uptime > 0);
      assert.equal(traffic.answered, 5);
      assert.equal(traffic.serverErrors, 1);
      assert.equal(traffic.recent[0]?.answered, 5);
      const { wanted, generation, isReloading, workers } = group;
      assert.deepEqual([wanted, generation, isReloading, workers.length], [2, 1, false, 2]);
      assert.deepEqual(workers.map(({ pid }) => pid).sort(), [...run.descendants].sort());
      assert.equal(
        workers.reduce((sum, { requests }) => sum + requests, 0),
        5,
      );
      for (const { stage, age, rss } of workers) {
        assert.equal(stage, "ready");
        assert.ok(age !== null && age > 0 && rss > 1024 ** 2);
      }
      const errors = workers.flatMap(({ lastError }) => lastError?.text ?? []);
      assert.equal(errors.length, 1);
      assert.match(errors[0] ?? "", /^Error handling request GET \/fail: \w*Error: on purpose$/);
      const page = (await ctl(run, "status")).stdout;
      assert.match(
        page,
        /^requests: 0 in flight, 0 waiting; 5 answered, 20.0 % of them with 5xx$/m,
      );
      for (const pid of run.descendants) assert.match(page, new RegExp(`^${pid} +ready `, "m"));
    });

    test("reload waits for the new code", async () => {
      using versions = written("one");
      await using run = await serving(versions, "-w", "2", target);
      versions.writePython("two", { importTakes: 1 });
      versions.writeTypeScript("two", { importTakes: 1 });
      const { code, stdout, stderr } = await ctl(run, "reload");
      assert.deepEqual([code, stdout], [0, "Reloaded\n"]);
      assert.match(stderr, /^0 of 2 workers have the new code$/m);
      assert.match((await run.get("/")).text, /^two /);
      const { lastReload, group } = await statusOf(run);
      assert.deepEqual(
        [lastReload?.outcome, lastReload?.why, group.generation],
        ["reloaded", null, 2],
      );
    });

    test("reload of what cannot start fails with the reason, and the old code serves on", async () => {
      using versions = written("one");
      await using run = await serving(versions, "-w", "2", target);
      const before = run.descendants;
      versions.breakAll();
      const { code, stderr } = await ctl(run, "reload");
      assert.equal(code, 1);
      assert.match(
        stderr,
        /^portico: the reload has failed: .*(?:nothing_that_there_is|broken on purpose)/m,
      );
      assert.match(run.stderr.text, /\[ERROR\] Reload failed: a new worker /);
      assert.match((await run.get("/")).text, /^one /);
      assert.deepEqual(run.descendants, before);
      const { lastReload, lastError } = await statusOf(run);
      assert.equal(lastReload?.outcome, "failed");
      assert.match(lastReload?.why ?? "", /nothing_that_there_is|broken on purpose/);
      assert.match(lastError?.text ?? "", /^Reload failed: /);
    });

    test("two reloads at once are one, and both are told", async () => {
      using versions = written("one");
      await using run = await serving(versions, target);
      versions.writePython("two", { importTakes: 1 });
      versions.writeTypeScript("two", { importTakes: 1 });
      const codes = await Promise.all([ctl(run, "reload"), ctl(run, "reload")]);
      assert.deepEqual(
        codes.map(({ code }) => code),
        [0, 0],
      );
      assert.equal(run.stderr.lines.filter((line) => /Reloaded: 1 worker/.test(line)).length, 1);
    });

    test("add and remove count the workers", async () => {
      using versions = written("one");
      await using run = await serving(versions, target);
      assert.deepEqual(await ctlJson(run, "add", "2"), { before: 1, workers: 3 });
      await until("there are three", () => run.descendants.length === 3);
      const { stdout } = await ctl(run, "remove", "5");
      assert.equal(stdout, "Workers: 1 from now on, 3 before\n");
      await until("there is one", () => run.descendants.length === 1);
      assert.match((await run.get("/")).text, /^one /);
    });

    test("kill replaces one worker, newcomer first, and no client notices", async () => {
      using versions = written("one");
      await using run = await serving(versions, "-w", "2", target);
      const [victim = 0, other] = readyPids(await groupOf(run));
      const load = new SteadyLoad({ url: run.url, clients: 4, every: 5 });
      try {
        assert.deepEqual(await ctlJson(run, "kill", String(victim)), {
          pid: victim,
          how: "replace",
        });
        await run.stderr.line(
          new RegExp(`\\(pid:${victim}\\) has ended: an operator asked for another in its place$`),
        );
        assert.deepEqual(load.take().failures, []);
      } finally {
        await load[Symbol.asyncDispose]();
      }
      const now = readyPids(await groupOf(run));
      assert.equal(now.length, 2);
      assert.ok(now.includes(other ?? 0) && !now.includes(victim));
    });

    test("kill --now kills a worker that is stopped, and another takes its place", async () => {
      using versions = written("one");
      await using run = await serving(versions, "-w", "2", target);
      const [victim = 0] = readyPids(await groupOf(run));
      process.kill(victim, "SIGSTOP");
      const { group } = await statusOf(run);
      assert.equal(group.workers.length, 2, "a server can be asked while a worker is stuck");
      const { code } = await ctl(run, "kill", String(victim), "--now");
      assert.equal(code, 0);
      await until("it is gone", () => !isRunning(victim));
      await until("there are two again", () => run.descendants.length === 2);
      assert.match(run.stderr.text, /\[INFO\] Worker \(pid:\d+\) has ended: an operator killed it/);
    });

    test("kill ends no process that is not this server's worker", async () => {
      using versions = written("one");
      await using run = await serving(versions, target);
      for (const pid of [run.pid, process.pid, 1]) {
        const { code, stderr } = await ctl(run, "kill", String(pid), "--now");
        assert.deepEqual([code, stderr], [1, `portico: no worker of this server has pid ${pid}\n`]);
      }
    });

    test("stop waits until the server is gone", async () => {
      using versions = written("one");
      await using run = await serving(versions, target);
      const { code, stdout } = await ctl(run, "stop");
      assert.deepEqual([code, stdout], [0, `Stopped (pid ${run.pid})\n`]);
      assert.ok(!isRunning(run.pid));
      assert.equal((await run.ended).code, 0);
    });
  });
}

/** Name, arguments, where requests wait. */
const WAITING = [
  ["a Python application", LAB],
  ["a TypeScript application", WAITER],
] as const;

for (const [name, target] of WAITING) {
  test(`a server that stops tells of it, and stop --quick ends what it waits for: ${name}`, async () => {
    using versions = new Versions();
    const gate = await Gate.open(join(versions.directory, "gate"));
    try {
      await using run = await serving(versions, target);
      const waiting = run.get("/wait/slow").catch(() => "cut");
      await gate.arrival("slow");
      run.kill("SIGTERM");
      await run.stderr.line(/Handling signal: term$/);
      const { stage, traffic } = await statusOf(run);
      assert.deepEqual([stage, traffic.inFlight], ["stopping", 1]);
      assert.equal((await ctl(run, "stop", "--quick")).code, 0);
      assert.equal((await run.ended).code, 0);
      assert.equal(await waiting, "cut");
    } finally {
      await gate.close();
    }
  });
}

for (const target of ["shop:app", "./shop.ts"]) {
  test(`a server that still starts can be asked, and stopped: ${target}`, async () => {
    using versions = new Versions();
    versions.writePython("one", { importTakes: 20 });
    versions.writeTypeScript("one", { importTakes: 20 });
    await using run = new PorticoRun({ args: [...ANYWHERE, target], cwd: versions.directory });
    const { stage, group } = await statusOf(run);
    assert.equal(stage, "starting");
    assert.deepEqual(
      group.workers.map(({ age }) => age),
      [null],
    );
    const { code, stderr } = await ctl(run, "reload");
    assert.equal(code, 1);
    assert.match(stderr, /the server still starts/);
    assert.equal((await ctl(run, "stop", "--quick")).code, 0);
    assert.equal((await run.ended).code, 0);
  });
}

test("Python workers of a TypeScript module stand below their server worker, and can be replaced", async () => {
  using versions = new Versions();
  const env = { LAB_TARGET: LAB };
  await using run = await PorticoRun.serving({
    args: [...ANYWHERE, MIXED],
    cwd: versions.directory,
    env,
  });
  const { workers } = await groupOf(run);
  assert.equal(workers.length, 1);
  const [victim = 0, other = 0] = (workers[0]?.workers ?? []).map(({ pid }) => pid);
  assert.equal((await ctl(run, "kill", String(victim))).code, 0);
  await until("it is gone", () => !isRunning(victim));
  assert.ok(isRunning(other));
  assert.equal((await run.get("/python/answer/x")).text, "x");
});

test("a reload goes on when nobody waits for it any more", async () => {
  using versions = written("one");
  await using run = await serving(versions, "shop:app");
  versions.writePython("two", { importTakes: 2 });
  await using waiting = await ctlRun(run, "reload");
  await waiting.stderr.line(/^0 of 1 workers have the new code$/);
  waiting.kill("SIGINT");
  const { code, stderr } = await waiting.ended;
  assert.equal(code, 130);
  assert.match(stderr, /^portico: the reload goes on; portico ctl status tells how it ends$/m);
  await run.stderr.line(/Reloaded: 1 worker/);
  assert.equal((await statusOf(run)).lastReload?.outcome, "reloaded");
});

test("status --watch tells again and again", async () => {
  using versions = written("one");
  await using run = await serving(versions, "shop:app");
  await using watching = await ctlRun(run, "status", "--watch", "--json");
  await until("it has told twice", () => watching.stdout.lines.length >= 2);
  const [first, second] = watching.stdout.lines.map((line) => JSON.parse(line) as ServerStatus);
  assert.ok(first !== undefined && second !== undefined && first.uptime < second.uptime);
});

test("a server that is stopped is not waited for without end", async () => {
  using versions = written("one");
  await using run = await serving(versions, "shop:app");
  const socket = await controlSocketOf(run);
  run.kill("SIGSTOP");
  const { code, stderr } = await ctl(run, "add");
  assert.deepEqual([code, stderr], [1, `portico: ${socket}: no answer within 10 s\n`]);
});

test("config shows what --print-config shows", async () => {
  using versions = written("one");
  await using run = await serving(versions, "-w", "2", "shop:app");
  const { stdout } = await ctl(run, "config");
  assert.match(stdout, /^workers + += 2 {2}\(command line --workers\)$/m);
  assert.match(stdout, /^threads + = 1 {2}\(default\)$/m);
});
