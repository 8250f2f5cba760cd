import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { PorticoRun, runToEnd } from "../support/portico-run.ts";

const here = mkdtempSync(join(tmpdir(), "portico-gunicorn-"));
after(() => rmSync(here, { recursive: true }));

const SITE = `
import os

def app(environ, start_response):
    if environ["PATH_INFO"] == "/fail":
        raise ValueError("no such luck")
    start_response("201 Created", [("Content-Type", "text/plain")])
    return [os.environ.get("GREETING", "none").encode()]
`;

/** A directory of a test's own, with a site and these files. */
function directory(files: Readonly<Record<string, string>>): string {
  const path = mkdtempSync(join(here, "site-"));
  for (const [name, text] of Object.entries({ "site_app.py": SITE, ...files })) {
    writeFileSync(join(path, name), text);
  }
  return path;
}

const CONF = "gunicorn.conf.py";
const ANYWHERE = ["-b", "127.0.0.1:0"];
const TARGET = "site_app:app";

/** What `--print-config` says of these settings. */
async function printed(
  names: readonly string[],
  cwd: string,
  args: readonly string[] = [],
): Promise<readonly (string | undefined)[]> {
  const { code, stdout, stderr } = await runToEnd({ args: ["--print-config", ...args], cwd });
  assert.equal(code, 0, stderr);
  return names.map((name) => new RegExp(`^${name} += (.*)$`, "m").exec(stdout)?.[1]);
}

describe("gunicorn.conf.py", { concurrency: 2 }, () => {
  test("gives its settings by gunicorn's names, computed as Python computes them", async () => {
    const cwd = directory({
      [CONF]: `
import os
workers = 1 + 2
bind = [":%d" % port for port in (1, 2)]
keepalive = "7"
loglevel = os.environ.get("NOT_SET", "WARNING")
raw_env = ["A=1", "B=2"]
proxy_protocol = True
accesslog = ""
errorlog = None
umask = 0o027
forwarded_allow_ips = ""
wsgi_app = "${TARGET}"
`,
    });
    const names = ["workers", "bind", "keepAlive", "logLevel", "env", "proxyProtocol"];
    assert.deepEqual(
      await printed([...names, "accessLogfile", "umask", "forwardedAllowIps"], cwd),
      [
        "3  (gunicorn.conf.py: workers)",
        "0.0.0.0:1, 0.0.0.0:2  (gunicorn.conf.py: bind)",
        "7  (gunicorn.conf.py: keepalive)",
        "warning  (gunicorn.conf.py: loglevel)",
        "A=1, B=2  (gunicorn.conf.py: raw_env)",
        "auto  (gunicorn.conf.py: proxy_protocol)",
        "none  (default)",
        "0o27  (gunicorn.conf.py: umask)",
        "none  (gunicorn.conf.py: forwarded_allow_ips)",
      ],
    );
  });

  test("counts less than the command line and than GUNICORN_CMD_ARGS", async () => {
    const cwd = directory({ [CONF]: "workers = 3\nthreads = 3\ntimeout = 3\n" });
    const env = { GUNICORN_CMD_ARGS: "--threads 4 --timeout 4" };
    const args = ["--print-config", "--timeout=5", TARGET];
    const { stdout } = await runToEnd({ args, cwd, env });
    assert.match(stdout, /^workers +=\s3 /m);
    assert.match(stdout, /^threads +=\s4 /m);
    assert.match(stdout, /^timeout +=\s5 /m);
  });

  test("is also another file, or a module, that --config names", async () => {
    const cwd = directory({ "other.py": "workers = 4", "plain.conf": "workers = 5" });
    mkdirSync(join(cwd, "conf"));
    writeFileSync(join(cwd, "conf", "__init__.py"), "workers = 6");
    for (const [location, value] of [
      ["other.py", "4  (other.py: workers)"],
      ["file:other.py", "4  (other.py: workers)"],
      ["plain.conf", "5  (plain.conf: workers)"],
      ["python:conf", "6  (conf: workers)"],
    ] as const) {
      assert.deepEqual(await printed(["workers"], cwd, ["-c", location, TARGET]), [value]);
    }
  });

  test("is left alone where there is a portico.config file, with a line that says so", async () => {
    const cwd = directory({ [CONF]: "workers = 3", "portico.config.json": '{ "threads": 2 }' });
    await using run = await PorticoRun.serving({ args: [...ANYWHERE, TARGET], cwd });
    await run.stderr.line(/gunicorn\.conf\.py is not read, since portico\.config\.json is there$/);
    await run.stderr.line(/1 worker\(s\) of 2 thread\(s\)/);
  });

  test("may set what Portico has no use for: a line says why; what asks for nothing is silent", async () => {
    const cwd = directory({
      [CONF]: `
worker_tmp_dir = "/dev/shm"
worker_class = "gthread"
preload_app = False
max_requests = 0
secure_scheme_headers = {"X-FORWARDED-PROTO": "https"}
some_name_of_my_own = object()
`,
    });
    await using run = await PorticoRun.serving({ args: [...ANYWHERE, TARGET], cwd });
    const notes = run.stderr.lines.filter((line) => line.includes("gunicorn.conf.py"));
    assert.equal(notes.length, 2);
    assert.match(notes[0] ?? "", /gunicorn\.conf\.py: worker_tmp_dir has no effect: workers are/);
    assert.match(notes[1] ?? "", /gunicorn\.conf\.py: secure_scheme_headers has no effect: /);
  });

  for (const [what, text, code, message] of [
    [
      "asks for what cannot be done",
      'worker_class = "gevent"',
      2,
      /^portico: gunicorn\.conf\.py: worker_class gevent cannot be done: .*use --threads/,
    ],
    [
      "asks for what is not there yet",
      "preload_app = True",
      2,
      /^portico: gunicorn\.conf\.py: preload_app is gunicorn's; Portico does not have it yet/,
    ],
    [
      "has a bad value",
      'workers = "many"',
      2,
      /^portico: gunicorn\.conf\.py: workers: "many" is not a whole number of at least 1\n$/,
    ],
    [
      "has a value of another type",
      "loglevel = ['info']",
      2,
      /^portico: gunicorn\.conf\.py: loglevel: it is not text\n$/,
    ],
    [
      "raises",
      "workers = 1 / 0",
      1,
      /^portico: gunicorn\.conf\.py: ZeroDivisionError: .*\nTraceback .*\n {2}File ".*gunicorn\.conf\.py", line 1/,
    ],
    ["is no Python", "workers = = 2", 1, /^portico: gunicorn\.conf\.py: SyntaxError: /],
    ["exits", "raise SystemExit(7)", 1, /^portico: gunicorn\.conf\.py: SystemExit: 7\n/],
    [
      "has a hook that takes too few arguments",
      "def post_fork(worker): pass",
      1,
      /^portico: gunicorn\.conf\.py: post_fork does not take 2 arguments/,
    ],
    [
      "has a hook that is none",
      "when_ready = 3",
      1,
      /^portico: gunicorn\.conf\.py: when_ready is no f/,
    ],
  ] as const) {
    test(`that ${what} keeps the server from starting, and says where`, async () => {
      const end = await runToEnd({ args: [...ANYWHERE, TARGET], cwd: directory({ [CONF]: text }) });
      assert.match(end.stderr, message);
      assert.equal(end.code, code);
    });
  }

  test("that waits for ever is given up after --boot-timeout", async () => {
    const cwd = directory({ [CONF]: "import threading\nthreading.Event().wait()\n" });
    const { code, stderr } = await runToEnd({ args: ["--boot-timeout", "1", TARGET], cwd });
    assert.equal(stderr, "portico: gunicorn.conf.py: not read within --boot-timeout 1 s\n");
    assert.equal(code, 1);
  });

  test("needs a Python", async () => {
    const cwd = directory({ [CONF]: "" });
    const args = ["--python", "no-such-python", TARGET];
    const { code, stderr } = await runToEnd({ args, cwd, ownPython: true });
    assert.match(
      stderr,
      /^portico: gunicorn\.conf\.py: no-such-python cannot be started: .*--python/,
    );
    assert.equal(code, 1);
  });

  test("is run once more in each worker, and always as it was at the start", async () => {
    const cwd = directory({ [CONF]: 'import os\nos.environ["GREETING"] = "from the file"\n' });
    await using run = await PorticoRun.serving({ args: [...ANYWHERE, TARGET], cwd });
    writeFileSync(join(cwd, CONF), "broken =");
    const [, worker = 0] = /pids (\d+)$/m.exec(run.stderr.text) ?? [];
    process.kill(Number(worker), "SIGKILL");
    await run.stderr.line(/another takes its place/);
    assert.equal((await run.get("/")).text, "from the file");
  });
});

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
    const cwd = directory({ [CONF]: HOOKS });
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
    const cwd = directory({ [CONF]: HOOKS.replace('chdir = "inner"', "") });
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
    const cwd = directory({ [CONF]: text });
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
      const cwd = directory({ [CONF]: `def ${hook}: raise OSError("in a hook")` });
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
    const cwd = directory({ [CONF]: text });
    await using run = await PorticoRun.serving({ args: [...ANYWHERE, TARGET], cwd });
    const [, pid] = /pids (\d+)$/m.exec(run.stderr.text) ?? [];
    process.kill(Number(pid), "SIGINT");
    await run.stderr.line(/worker_int of 1$/);
    assert.equal((await run.get("/")).status, 201);
    process.kill(Number(pid), "SIGQUIT");
    await run.stderr.line(/\(pid:\d+\) exited with status 0; another takes its place$/);
    assert.equal(run.stderr.lines.filter((line) => line.endsWith("worker_int of 1")).length, 2);
  });

  test("worker_abort runs before a worker is killed for a request that took too long", async () => {
    const cwd = directory({
      [CONF]: 'def worker_abort(worker): worker.log.info("worker_abort of %s", worker.age)',
      "site_app.py": "import threading\ndef app(environ, start): threading.Event().wait()\n",
    });
    await using run = await PorticoRun.serving({ args: [...ANYWHERE, "-t1", TARGET], cwd });
    assert.equal((await run.get("/")).status, 504);
    await run.stderr.line(/WORKER TIMEOUT/);
    await run.stderr.line(/worker_abort of 1$/);
  });

  test("that do not end are ended after --graceful-timeout", async () => {
    const text = "import threading\ndef on_exit(server): threading.Event().wait()\n";
    const cwd = directory({ [CONF]: text });
    const args = [...ANYWHERE, "--graceful-timeout", "1", TARGET];
    await using run = await PorticoRun.serving({ args, cwd });
    run.kill("SIGTERM");
    const { code, stderr } = await run.ended;
    assert.match(stderr, /gunicorn\.conf\.py: it ended with SIGKILL; its hooks are run no more\n/);
    assert.equal(code, 0);
  });

  test("are told of by name where nothing calls them", async () => {
    const text = "def on_reload(server): pass\ndef post_fork(server, worker): pass\n";
    const cwd = directory({
      [CONF]: text,
      "site.mjs": "export const app = (environ, start) => { start('200 OK', []); return []; };",
    });
    await using run = await PorticoRun.serving({ args: [...ANYWHERE, "./site.mjs"], cwd });
    assert.match(run.stderr.text, /on_reload is not run: Portico does not reload yet\n/);
    assert.match(run.stderr.text, /post_fork is not run: it is for Python applications\n/);
  });

  test("leave no process behind when the server is killed", async () => {
    const cwd = directory({ [CONF]: "def on_exit(server): pass" });
    await using run = await PorticoRun.serving({ args: [...ANYWHERE, TARGET], cwd });
    const commands = run.descendants.map((pid) => readFileSync(`/proc/${pid}/cmdline`, "utf8"));
    assert.equal(commands.filter((command) => command.endsWith("\0config\0")).length, 1);
    run.kill("SIGKILL");
    // The run ends when all that inherited its output have.
    await run.ended;
  });

  test("whose process is killed are run no more, and the service goes on", async () => {
    const cwd = directory({ [CONF]: "import os\ndef child_exit(server, worker): pass\n" });
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
