import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { ANYWHERE, CONF, configuredSite, SITE, TARGET } from "../support/configured-site.ts";
import { PorticoRun, runToEnd } from "../support/portico-run.ts";

const here = mkdtempSync(join(tmpdir(), "portico-hooks-"));
after(() => rmSync(here, { recursive: true }));

const SITE_MJS = "export const app = (environ, start) => { start('200 OK', []); return []; };";

/** Waits for ever, whatever is raised. */
const ENDURES = `
import threading
def app(environ, start):
    while True:
        try:
            threading.Event().wait()
        except BaseException:
            pass
`;

const HOOKS = `
import os, threading

def note(where, *what):
    where.log.info("%s in %s: %s", what[0], "worker" if os.getpid() == PID else "server", what[1:])

PID = 0
chdir = "inner"

def on_starting(server):
    note(server, "on_starting", server.cfg.workers, os.path.basename(os.getcwd()))
def nworkers_changed(server, new, old):
    note(server, "nworkers_changed", new, old)
def when_ready(server):
    note(server, "when_ready", server.num_workers, server.cfg.bind)
def pre_fork(server, worker):
    note(server, "pre_fork", worker.age, worker.pid)
def child_exit(server, worker):
    note(server, "child_exit", worker.age, worker.pid)
def on_exit(server):
    note(server, "on_exit", threading.active_count())

def post_fork(server, worker):
    global PID
    PID = os.getpid()
    note(server, "post_fork", worker.age, worker.pid == PID, server.pid == os.getppid())
def post_worker_init(worker):
    note(worker, "post_worker_init", worker.wsgi.__name__, worker.booted, worker.cfg.threads)
def pre_request(worker, req):
    note(worker, "pre_request", req.method, req.uri, req.path, req.query, req.version, req.scheme)
    note(worker, "headers", dict(req.headers)["X-CASE"], worker.nr)
    if req.path == "/refuse":
        raise PermissionError("not you")
def post_request(worker, req, environ, resp):
    note(worker, "post_request", req.path, environ["PATH_INFO"], resp.status, resp.status_code)
def worker_exit(server, worker):
    note(worker, "worker_exit", worker.alive)
`;

describe("the hooks of gunicorn.conf.py", { concurrency: 2 }, () => {
  test("run where they belong, in gunicorn's order", async () => {
    const cwd = configuredSite(here, { [CONF]: HOOKS });
    mkdirSync(join(cwd, "inner"));
    writeFileSync(join(cwd, "inner", "site_app.py"), SITE);
    await using run = await PorticoRun.serving({ args: [...ANYWHERE, TARGET], cwd });
    await run.get("/a%20b?c=d", { "X-Case": "yes" });
    run.kill("SIGTERM");
    assert.equal((await run.ended).code, 0);
    const [, pid] = /pids (\d+)$/m.exec(run.stderr.text) ?? [];
    const said = run.stderr.lines
      .map((line) => /\[INFO\] (\w+ in (?:server|worker): .*)$/.exec(line)?.[1])
      .filter((line) => line !== undefined);
    assert.deepEqual(said, [
      "nworkers_changed in server: (1, None)",
      "on_starting in server: (1, 'inner')",
      "pre_fork in server: (1, '[booting]')",
      "post_fork in worker: (1, True, True)",
      "post_worker_init in worker: ('app', True, 1)",
      "when_ready in server: (1, ['127.0.0.1:0'])",
      "pre_request in worker: ('GET', '/a%20b?c=d', '/a%20b', 'c=d', (1, 1), 'http')",
      "headers in worker: ('yes', 1)",
      "post_request in worker: ('/a%20b', '/a b', '201 Created', 201)",
      "worker_exit in worker: (False,)",
      `child_exit in server: (1, ${pid})`,
      "on_exit in server: (1,)",
    ]);
  });

  test("answer 500 where pre_request raises, and still run post_request", async () => {
    const cwd = configuredSite(here, { [CONF]: HOOKS.replace('chdir = "inner"', "") });
    await using run = await PorticoRun.serving({ args: [...ANYWHERE, TARGET], cwd });
    assert.equal((await run.get("/refuse", { "X-Case": "" })).status, 500);
    await run.stderr.line(/^PermissionError: not you$/);
    await run.stderr.line(/post_request in worker: \('\/refuse', '\/refuse', None, 0\)/);
    assert.equal((await run.get("/", { "X-Case": "" })).status, 201);
  });

  test("that raise where nothing depends on them are logged, and the service goes on", async () => {
    const hooks = [
      "nworkers_changed(server, new, old)",
      "when_ready(server)",
      "pre_fork(server, worker)",
      "child_exit(server, worker)",
      "on_exit(server)",
      "post_request(worker, req)",
      "worker_exit(server, worker)",
    ];
    const text = hooks.map((hook) => `def ${hook}: raise OSError("in a hook")`).join("\n");
    const cwd = configuredSite(here, { [CONF]: text });
    await using run = await PorticoRun.serving({ args: [...ANYWHERE, TARGET], cwd });
    assert.equal((await run.get("/")).status, 201);
    run.kill("SIGTERM");
    assert.equal((await run.ended).code, 0);
    for (const hook of hooks) {
      const [name = ""] = hook.split("(");
      assert.match(
        run.stderr.text,
        new RegExp(`\\[ERROR\\] gunicorn\\.conf\\.py: ${name} raised\\n`),
      );
    }
    assert.equal(run.stderr.text.split("\nOSError: in a hook").length - 1, hooks.length);
  });

  for (const [hook, code] of [
    ["on_starting(server)", 1],
    ["post_fork(server, worker)", 4],
    ["post_worker_init(worker)", 4],
  ] as const) {
    test(`that raise in ${hook} end the start with the traceback`, async () => {
      const cwd = configuredSite(here, { [CONF]: `def ${hook}: raise OSError("in a hook")` });
      const end = await runToEnd({ args: [...ANYWHERE, TARGET], cwd });
      assert.match(end.stderr, /\nOSError: in a hook\n/);
      assert.match(
        end.stderr,
        new RegExp(`portico: gunicorn\\.conf\\.py: ${hook.split("(")[0]} raised`),
      );
      assert.equal(end.code, code);
    });
  }

  test("worker_int runs when a worker is sent INT, which ends nothing, or QUIT, which ends it", async () => {
    const text = 'def worker_int(worker): worker.log.info("worker_int of %s", worker.age)';
    const cwd = configuredSite(here, { [CONF]: text });
    await using run = await PorticoRun.serving({ args: [...ANYWHERE, TARGET], cwd });
    const [, pid] = /pids (\d+)$/m.exec(run.stderr.text) ?? [];
    process.kill(Number(pid), "SIGINT");
    await run.stderr.line(/worker_int of 1$/);
    assert.equal((await run.get("/")).status, 201);
    process.kill(Number(pid), "SIGQUIT");
    await run.stderr.line(/\(pid:\d+\) exited with status 0; another takes its place$/);
    assert.equal(run.stderr.lines.filter((line) => line.endsWith("worker_int of 1")).length, 2);
  });

  test("worker_abort runs before a worker is killed for a request that cannot be interrupted", async () => {
    const cwd = configuredSite(here, {
      [CONF]: 'def worker_abort(worker): worker.log.info("worker_abort of %s", worker.age)',
      "site_app.py": ENDURES,
    });
    await using run = await PorticoRun.serving({ args: [...ANYWHERE, "-t1", TARGET], cwd });
    assert.equal((await run.get("/")).status, 504);
    await run.stderr.line(/WORKER TIMEOUT/);
    await run.stderr.line(/worker_abort of 1$/);
  });

  test("that do not end are ended after --graceful-timeout", async () => {
    const text = "import threading\ndef on_exit(server): threading.Event().wait()\n";
    const cwd = configuredSite(here, { [CONF]: text });
    const args = [...ANYWHERE, "--graceful-timeout", "1", TARGET];
    await using run = await PorticoRun.serving({ args, cwd });
    run.kill("SIGTERM");
    const { code, stderr } = await run.ended;
    assert.match(stderr, /gunicorn\.conf\.py: it ended with SIGKILL; its hooks are run no more\n/);
    assert.equal(code, 0);
  });

  test("are told of by name where nothing calls them", async () => {
    const text = "def dirty_post_fork(a, b): pass\ndef post_fork(server, worker): pass\n";
    const cwd = configuredSite(here, {
      [CONF]: text,
      "site.mjs": SITE_MJS,
    });
    await using run = await PorticoRun.serving({ args: [...ANYWHERE, "./site.mjs"], cwd });
    assert.match(run.stderr.text, /dirty_post_fork is not run: Portico has no dirty arbiter\n/);
    assert.match(run.stderr.text, /post_fork is not run: it is for Python applications\n/);
  });

  test("that only Python's TLS could heed are refused", async () => {
    const cwd = configuredSite(here, { [CONF]: "def ssl_context(conf, make): return make()\n" });
    const { code, stderr } = await runToEnd({ args: [...ANYWHERE, TARGET], cwd });
    assert.equal(code, 2);
    assert.match(
      stderr,
      /^portico: gunicorn\.conf\.py: ssl_context cannot be done: .*; use certfile, keyfile, .*\n$/,
    );
  });

  for (const [name, target] of [
    ["Python", TARGET],
    ["TypeScript", "./site.mjs"],
  ] as const) {
    test(`on_reload and nworkers_changed run at HUP, TTIN and TTOU (${name})`, async () => {
      const text = `
def on_reload(server): server.log.info("on_reload")
def nworkers_changed(server, new, old): server.log.info("from %s to %s", old, new)
`;
      const cwd = configuredSite(here, { [CONF]: text, "site.mjs": SITE_MJS });
      await using run = await PorticoRun.serving({ args: [...ANYWHERE, target], cwd });
      run.kill("SIGHUP");
      await run.stderr.line(/Reloaded: 1 worker of the new code$/);
      run.kill("SIGTTIN");
      await run.stderr.line(/from 1 to 2$/);
      run.kill("SIGTTOU");
      await run.stderr.line(/from 2 to 1$/);
      run.kill("SIGTTOU");
      await run.stderr.line(/Workers: 1, which is the least there can be$/);
      const said = run.stderr.lines.flatMap(
        (line) => /(from .* to .*|on_reload|Reloading|Reloaded)/.exec(line)?.[1] ?? [],
      );
      assert.deepEqual(said, [
        "from None to 1",
        "on_reload",
        "Reloading",
        "Reloaded",
        "from 1 to 2",
        "from 2 to 1",
      ]);
    });
  }

  test("leave no process behind when the server is killed", async () => {
    const cwd = configuredSite(here, { [CONF]: "def on_exit(server): pass" });
    await using run = await PorticoRun.serving({ args: [...ANYWHERE, TARGET], cwd });
    const commands = run.descendants.map((pid) => readFileSync(`/proc/${pid}/cmdline`, "utf8"));
    assert.equal(commands.filter((command) => command.endsWith("\0config\0")).length, 1);
    run.kill("SIGKILL");
    // The run ends when all that inherited its output have.
    await run.ended;
  });

  test("whose process is killed are run no more, and the service goes on", async () => {
    const cwd = configuredSite(here, {
      [CONF]: "import os\ndef child_exit(server, worker): pass\n",
    });
    await using run = await PorticoRun.serving({ args: [...ANYWHERE, TARGET], cwd });
    const isConfig = (pid: number): boolean =>
      readFileSync(`/proc/${pid}/cmdline`, "utf8").endsWith("\0config\0");
    const [configuration = 0] = run.descendants.filter(isConfig);
    const [worker = 0] = run.descendants.filter((pid) => !isConfig(pid));
    process.kill(configuration, "SIGKILL");
    process.kill(worker, "SIGKILL");
    await run.stderr.line(/gunicorn\.conf\.py: it ended with SIGKILL; its hooks are run no more$/);
    assert.equal((await run.get("/")).status, 201);
  });
});
