import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { ANYWHERE, CONF, configuredSite, TARGET } from "../support/configured-site.ts";
import { PorticoRun, runToEnd } from "../support/portico-run.ts";

const here = mkdtempSync(join(tmpdir(), "portico-gunicorn-"));
after(() => rmSync(here, { recursive: true }));

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
    const cwd = configuredSite(here, {
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
    const cwd = configuredSite(here, { [CONF]: "workers = 3\nthreads = 3\ntimeout = 3\n" });
    const env = { GUNICORN_CMD_ARGS: "--threads 4 --timeout 4" };
    const args = ["--print-config", "--timeout=5", TARGET];
    const { stdout } = await runToEnd({ args, cwd, env });
    assert.match(stdout, /^workers +=\s3 /m);
    assert.match(stdout, /^threads +=\s4 /m);
    assert.match(stdout, /^timeout +=\s5 /m);
  });

  test("is also another file, or a module, that --config names", async () => {
    const cwd = configuredSite(here, { "other.py": "workers = 4", "plain.conf": "workers = 5" });
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
    const cwd = configuredSite(here, {
      [CONF]: "workers = 3",
      "portico.config.json": '{ "threads": 2 }',
    });
    await using run = await PorticoRun.serving({ args: [...ANYWHERE, TARGET], cwd });
    await run.stderr.line(/gunicorn\.conf\.py is not read, since portico\.config\.json is there$/);
    await run.stderr.line(/1 worker\(s\) of 2 thread\(s\)/);
  });

  test("may set what Portico has no use for: a line says why; what asks for nothing is silent", async () => {
    const cwd = configuredSite(here, {
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
      const end = await runToEnd({
        args: [...ANYWHERE, TARGET],
        cwd: configuredSite(here, { [CONF]: text }),
      });
      assert.match(end.stderr, message);
      assert.equal(end.code, code);
    });
  }

  test("that waits for ever is given up after --boot-timeout", async () => {
    const cwd = configuredSite(here, { [CONF]: "import threading\nthreading.Event().wait()\n" });
    const { code, stderr } = await runToEnd({ args: ["--boot-timeout", "1", TARGET], cwd });
    assert.equal(stderr, "portico: gunicorn.conf.py: not read within --boot-timeout 1 s\n");
    assert.equal(code, 1);
  });

  test("needs a Python", async () => {
    const cwd = configuredSite(here, { [CONF]: "" });
    const args = ["--python", "no-such-python", TARGET];
    const { code, stderr } = await runToEnd({ args, cwd, ownPython: true });
    assert.match(
      stderr,
      /^portico: gunicorn\.conf\.py: no-such-python cannot be started: .*--python/,
    );
    assert.equal(code, 1);
  });

  test("is run once more in each worker, and always as it was at the start", async () => {
    const cwd = configuredSite(here, {
      [CONF]: 'import os\nos.environ["GREETING"] = "from the file"\n',
    });
    await using run = await PorticoRun.serving({ args: [...ANYWHERE, TARGET], cwd });
    writeFileSync(join(cwd, CONF), "broken =");
    const [, worker = 0] = /pids (\d+)$/m.exec(run.stderr.text) ?? [];
    process.kill(Number(worker), "SIGKILL");
    await run.stderr.line(/another takes its place/);
    assert.equal((await run.get("/")).text, "from the file");
  });
});
