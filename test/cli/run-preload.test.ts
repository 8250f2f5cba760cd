/** `--preload`: the application is imported by a template, and workers are forked from that. */
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { PorticoRun } from "../support/portico-run.ts";
import { asked, forked, Preloaded } from "../support/preloaded.ts";
import { repositoryRoot } from "../support/python-environment.ts";
import { ownTemporaryDirectory } from "../support/spools.ts";
import { SteadyLoad } from "../support/steady-load.ts";
import { isRunning, until } from "../support/until.ts";

const temporary = ownTemporaryDirectory();

describe("with --preload,", { concurrency: 2 }, () => {
  test("one process imports the application, and all workers are forked from that", async () => {
    using site = new Preloaded().write("one");
    await using run = await site.serving("-w", "3");
    const [template = 0, ...others] = site.imports;
    assert.deepEqual(others, []);
    const workers = forked(run, template);
    assert.equal(workers.length, 3);
    assert.deepEqual([...run.descendants].sort(), [template, ...workers].sort());
    const answer = await asked(run);
    assert.equal(answer.template, template);
    assert.ok(workers.includes(answer.pid));
  });

  test("a worker that dies is named with its cause, and its successor imports nothing", async () => {
    using site = new Preloaded().write("one");
    await using run = await site.serving();
    assert.equal((await run.get("/die")).status, 502);
    await run.stderr.line(/\[ERROR\] Worker \(pid:\d+\) exited with status 7; another takes its/);
    const { pid } = await asked(run);
    process.kill(pid, "SIGKILL");
    await run.stderr.line(
      new RegExp(`\\[ERROR\\] Worker \\(pid:${pid}\\) was sent SIGKILL; another takes its place`),
    );
    assert.notEqual((await asked(run)).pid, pid);
    assert.equal(site.imports.length, 1);
  });

  test("--max-requests replaces workers, no client notices, and nothing is imported", async () => {
    using site = new Preloaded().write("one");
    await using run = await site.serving("--max-requests", "20", "-w", "2");
    await using load = new SteadyLoad({ url: run.url, clients: 4, every: 5 });
    await run.stderr.line(/\(pid:\d+\) has ended: it has served \d+ requests \(its limit: 20\)/);
    assert.deepEqual(load.take().failures, []);
    assert.equal(site.imports.length, 1);
    assert.doesNotMatch(run.stderr.text, /ERROR|WARNING|CRITICAL/);
  });

  test("HUP imports the application anew, no client notices, and the old template ends", async () => {
    using site = new Preloaded().write("one");
    await using run = await site.serving("-w", "2");
    const before = run.descendants;
    await using load = new SteadyLoad({ url: run.url, clients: 8, every: 5 });
    site.write("two");
    run.kill("SIGHUP");
    await run.stderr.line(/\[INFO\] Reloaded: 2 workers of the new code$/);
    assert.equal((await asked(run)).version, "two");
    assert.deepEqual(load.take().failures, []);
    await until("the old processes have ended", () => !before.some(isRunning));
    assert.equal(run.descendants.filter(isRunning).length, 3);
    assert.equal(site.imports.length, 2);
    assert.doesNotMatch(run.stderr.text, /ERROR|WARNING|CRITICAL/);
  });

  test("HUP with broken code is given up, and what dies then is forked with the old code", async () => {
    using site = new Preloaded().write("one");
    await using run = await site.serving("-w", "2");
    const before = run.descendants;
    site.breakAll();
    run.kill("SIGHUP");
    await run.stderr.line(/\[ERROR\] Reload failed: a new worker \(pid:\d+\) exited with status 4/);
    assert.match(run.stderr.text, /no module nothing_that_there_is|nothing_that_there_is/);
    assert.deepEqual(run.descendants, before);
    const { pid } = await asked(run);
    process.kill(pid, "SIGKILL");
    await until("there is another", () => forked(run, site.imports[0] ?? 0).length === 3);
    for (let at = 0; at < 10; at += 1) assert.equal((await asked(run)).version, "one");
    site.write("two");
    run.kill("SIGHUP");
    await run.stderr.line(/Reloaded: 2 workers/);
    assert.equal((await asked(run)).version, "two");
  });

  test("TERM lets all processes end, and exits 0", async () => {
    using site = new Preloaded().write("one");
    await using run = await site.serving("-w", "2");
    const processes = run.descendants;
    run.kill("SIGTERM");
    assert.equal((await run.ended).code, 0);
    assert.ok(!processes.some(isRunning));
    assert.doesNotMatch(run.stderr.text, /ERROR|WARNING|CRITICAL/);
  });

  test("TERM to every process of the group, as service managers send it, ends all well", async () => {
    using site = new Preloaded().write("one");
    await using run = await site.serving("-w", "2");
    for (const pid of [...run.descendants, run.pid]) process.kill(pid, "SIGTERM");
    assert.equal((await run.ended).code, 0);
    assert.doesNotMatch(run.stderr.text, /ERROR|CRITICAL|nobody saw/);
  });

  test("nothing is left in the temporary directory while workers serve", async () => {
    using site = new Preloaded().write("one");
    await using _run = await site.serving("-w", "2");
    const left = (): string[] =>
      readdirSync(temporary).filter((name) => /^portico-\w{6}$/.test(name));
    await until("it is empty", () => left().length === 0);
  });
});

const CONFIGURATION = `
import os
preload_app = True
EVALUATED_BY = os.getpid()
def note(log, name, *what):
    log.info("%s: %s", name, what)
def post_fork(server, worker):
    note(server.log, "post_fork", worker.age, worker.pid == os.getpid(), server.pid == SERVER)
def post_worker_init(worker):
    same = EVALUATED_BY == worker.wsgi.__globals__["IMPORTED_BY"]
    note(worker.log, "post_worker_init", worker.age, worker.wsgi.__name__, same)
def pre_request(worker, req):
    note(worker.log, "pre_request", worker.age, req.path)
def worker_exit(server, worker):
    note(worker.log, "worker_exit", worker.age)
SERVER = os.getppid()
`;

test("hooks of gunicorn.conf.py run in each worker, with what the template has evaluated", async () => {
  using site = new Preloaded().write("one");
  site.writeFile("gunicorn.conf.py", CONFIGURATION);
  await using run = await PorticoRun.serving({
    args: ["-b", "127.0.0.1:0", "-w", "2", "shop:app"],
    cwd: site.directory,
  });
  await run.get("/");
  run.kill("SIGTERM");
  assert.equal((await run.ended).code, 0);
  const said = run.stderr.lines.flatMap((line) => /\] (\w+: \(\d.*\))$/.exec(line)?.[1] ?? []);
  for (const age of [1, 2]) {
    assert.ok(said.includes(`post_fork: (${age}, True, True)`), run.stderr.text);
    assert.ok(said.includes(`post_worker_init: (${age}, 'app', True)`), run.stderr.text);
    assert.ok(said.includes(`worker_exit: (${age},)`), run.stderr.text);
  }
  assert.equal(said.filter((line) => line.startsWith("pre_request")).length, 1);
  assert.equal(site.imports.length, 1);
});

test("a post_fork that raises keeps the server from starting", async () => {
  using site = new Preloaded().write("one");
  site.writeFile("gunicorn.conf.py", "def post_fork(server, worker): raise OSError('in a hook')\n");
  const { code, stderr } = await site.end();
  assert.equal(code, 4);
  assert.match(stderr, /^portico: gunicorn\.conf\.py: post_fork raised OSError: in a hook$/m);
});

test("threads that the import has started are named in a warning", async () => {
  const thread = `
import threading
threading.Thread(target=threading.Event().wait, name="clock", daemon=True).start()
`;
  using site = new Preloaded().write("one", thread);
  await using run = await site.serving();
  await run.stderr.line(
    /\[WARNING\] --preload: the import of shop:app has started threads \(clock\)/,
  );
  assert.equal((await asked(run)).version, "one");
});

test("lint tells what it finds in a worker that was forked", async () => {
  using site = new Preloaded().write("one", "\ndef sin(e, s):\n s('200 OK', []); return 'x'\n");
  await using run = await PorticoRun.serving({
    args: ["-b", "127.0.0.1:0", "--preload", "--lint", "shop:sin"],
    cwd: site.directory,
  });
  await run.get("/");
  await run.stderr.line(/\[WARNING\] .*lint/);
});

test("what a worker prints is not said again by those forked later", async () => {
  using site = new Preloaded().write("one", "\nimport sys\nsys.stdout.write('half a line')\n");
  await using run = await site.serving("-w", "3");
  run.kill("SIGTERM");
  assert.equal((await run.ended).stdout, "half a line");
});

test("a TypeScript target has a template for each Python application that it calls", async () => {
  using site = new Preloaded().write("one");
  await using run = await PorticoRun.serving({
    args: ["-b", "127.0.0.1:0", "--preload", join(repositoryRoot, "test/apps/engines/mixed.ts")],
    cwd: site.directory,
    env: { LAB_TARGET: "shop:app" },
  });
  const [version, template] = (await run.get("/python/")).text.split(" ");
  assert.equal(version, "one");
  assert.equal(Number(template), site.imports[0]);
  await run.stderr.line(/Booting worker with pid: \d+ \(forked from \d+\)$/);
});
