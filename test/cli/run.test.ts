import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { VERSION } from "../../src/embed/version.ts";
import { get, PorticoRun, runToEnd } from "../support/portico-run.ts";
import { repositoryRoot } from "../support/python-environment.ts";

const here = mkdtempSync(join(tmpdir(), "portico-run-"));
after(() => rmSync(here, { recursive: true }));

writeFileSync(
  join(here, "shop.py"),
  `
import os, sys

def app(environ, start_response):
    if environ["PATH_INFO"] == "/fail":
        raise ValueError("no such luck")
    if environ["PATH_INFO"] == "/noise":
        print("printed")
        sys.stderr.write("to stderr\\n")
        os.write(1, b"written\\n")
        environ["wsgi.errors"].write("to wsgi.errors\\n")
    start_response("201 Created", [("Content-Type", "text/plain"), ("X-Answer", "42")])
    return [os.environ.get("GREETING", "none").encode(), b" ", os.getcwd().encode()]
`,
);
mkdirSync(join(here, "inner"));
writeFileSync(
  join(here, "site.mjs"),
  "export const app = (environ, start) => { start('200 OK', []); return []; };",
);

const ANYWHERE = ["-b", "127.0.0.1:0"];
const HEAD = String.raw`^\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d [+-]\d{4}\] \[PID\] `;

function logged(run: PorticoRun, text: string): RegExp {
  return new RegExp(HEAD.replace("PID", String(run.pid)) + text);
}

describe("the lines at the start", { concurrency: 2 }, () => {
  test("say version, URL, application, interpreter, workers and pids", async () => {
    const args = [...ANYWHERE, "-w", "2", "--threads", "3", "shop:app"];
    await using run = await PorticoRun.serving({ args, cwd: here });
    const pids = await run.stderr.line(logged(run, String.raw`\[INFO\] Serving shop:app: `));
    for (const line of [
      `\\[INFO\\] Starting portico ${VERSION}$`,
      String.raw`\[INFO\] Listening at: http://127\.0\.0\.1:[1-9]\d* \(${run.pid}\)$`,
      `\\[INFO\\] Application: shop:app in .*${here}$`,
      String.raw`\[INFO\] Booting worker with pid: \d+$`,
      String.raw`\[INFO\] Python: CPython 3\.\d+\.\d+, /.*/bin/python\S* \(--python\)$`,
      String.raw`\[INFO\] Serving shop:app: 2 worker\(s\) of 3 thread\(s\), pids \d+, \d+$`,
    ]) {
      assert.ok(
        run.stderr.lines.some((said) => logged(run, line).test(said)),
        line,
      );
    }
    const told = /pids (.*)$/.exec(pids)?.[1]?.split(", ").map(Number);
    assert.deepEqual([...run.descendants].sort(), told?.sort());
    assert.equal(run.stdout.text, "");
  });

  test("say the same of a TypeScript application under a supervisor", async () => {
    const args = [...ANYWHERE, "-w", "2", "./site.mjs"];
    await using run = await PorticoRun.serving({ args, cwd: here });
    await run.stderr.line(
      logged(run, String.raw`\[INFO\] Listening at: http://127\.0\.0\.1:[1-9]`),
    );
    await run.stderr.line(
      logged(run, `\\[INFO\\] Application: ./site.mjs in .*${here}, 2 workers$`),
    );
    const booted = run.stderr.lines.filter((line) => line.includes("Booting worker with pid: "));
    assert.deepEqual(
      booted.map((line) => Number(line.split(": ").at(-1))).sort(),
      [...run.descendants].sort(),
    );
  });

  test("are left out below --log-level, and more is said above it", async () => {
    const quiet = ["-b", `unix:${join(here, "quiet.sock")}`, "--log-level", "warning", "shop:app"];
    await using run = new PorticoRun({ args: quiet, cwd: here });
    await answering(run, `unix:${join(here, "quiet.sock")}`);
    assert.equal(run.stderr.text, "");
  });
});

describe("where it listens:", { concurrency: 2 }, () => {
  test("on several addresses at once, TCP and Unix, IPv4 and IPv6", async () => {
    const socket = join(here, "several.sock");
    const args = ["-b", "127.0.0.1:0", "-b", "[::1]:0", "-b", `unix:${socket}`, "shop:app"];
    await using run = await PorticoRun.serving({ args, cwd: here });
    const urls = /Listening at: (.*) \(\d+\)/.exec(run.stderr.text)?.[1]?.split(", ") ?? [];
    assert.equal(urls.length, 3);
    assert.match(urls[1] ?? "", /^http:\/\/\[::1\]:\d+$/);
    for (const url of urls) assert.equal((await get(url, "/")).status, 201, url);
    run.kill("SIGTERM");
    assert.equal((await run.ended).code, 0);
    assert.equal(existsSync(socket), false);
  });

  test("on a Unix socket that a killed server has left", async () => {
    const socket = join(here, "left.sock");
    const args = ["-b", `unix:${socket}`, "./site.mjs"];
    for (let round = 0; round < 2; round += 1) {
      await using run = await PorticoRun.serving({ args, cwd: here });
      assert.equal((await get(`unix:${socket}`, "/")).status, 200);
      run.kill("SIGKILL");
      await run.ended;
      assert.equal(existsSync(socket), true);
    }
  });

  test("on a Unix socket that several server workers share", async () => {
    const socket = join(here, "shared.sock");
    const args = ["-b", `unix:${socket}`, "-w", "2", "./site.mjs"];
    await using run = await PorticoRun.serving({ args, cwd: here });
    assert.equal((await get(`unix:${socket}`, "/")).status, 200);
    run.kill("SIGTERM");
    assert.equal((await run.ended).code, 0);
  });

  test("on every interface at PORT, with WEB_CONCURRENCY workers", async () => {
    const port = await freePort();
    const env = { PORT: String(port), WEB_CONCURRENCY: "2" };
    await using run = await PorticoRun.serving({ args: ["shop:app"], cwd: here, env });
    await run.stderr.line(new RegExp(`Listening at: http://0\\.0\\.0\\.0:${port} `));
    await run.stderr.line(/Serving shop:app: 2 worker/);
    assert.equal((await get(`http://127.0.0.1:${port}`, "/")).status, 201);
  });

  test("at --bind and with --workers, whatever the environment says", async () => {
    const env = { PORT: "1", WEB_CONCURRENCY: "9" };
    const args = [...ANYWHERE, "-w", "1", "shop:app"];
    await using run = await PorticoRun.serving({ args, cwd: here, env });
    await run.stderr.line(/Serving shop:app: 1 worker/);
  });
});

describe("what the application gets:", { concurrency: 2 }, () => {
  test("the variables of --env, before those of the environment", async () => {
    const env = { GREETING: "from outside" };
    const args = [...ANYWHERE, "-e", "GREETING=a=b", "-e", "OTHER=1", "shop:app"];
    await using run = await PorticoRun.serving({ args, cwd: here, env });
    assert.match((await run.get("/")).text, /^a=b /);
  });

  test("--chdir as its working directory", async () => {
    const args = [...ANYWHERE, "--chdir", "inner", "--pythonpath", "..", "shop:app"];
    await using run = await PorticoRun.serving({ args, cwd: here });
    assert.match((await run.get("/")).text, /\/inner$/);
  });
});

describe("the logs:", { concurrency: 2 }, () => {
  const format =
    '%(h)s %(l)s %(u)s %(t)s "%(r)s" %(m)s %(U)s %(q)s %(H)s %(s)s %(B)s %(b)s "%(f)s" "%(a)s" ' +
    "%(T)s %(M)s %(D)s %(L)s %(p)s %({x-sent}i)s %({x-answer}o)s %({SERVER_PROTOCOL}e)s %%";
  const line =
    /^127\.0\.0\.1 - ada \[\d\d\/\w{3}\/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}\] "GET \/a%20b\?c=d HTTP\/1\.1" GET \/a b c=d HTTP\/1\.1 201 (\d+) \1 "http:\/\/from\/" "tester" 0 \d+ \d+ 0\.\d{6} <(\d+)> sent 42 HTTP\/1\.1 %$/;
  const headers = {
    Authorization: `Basic ${Buffer.from("ada:secret").toString("base64")}`,
    Referer: "http://from/",
    "User-Agent": "tester",
    "X-Sent": "sent",
  };

  test("every atom of the access log, to standard output", async () => {
    const args = [...ANYWHERE, "--access-logfile", "-", "--access-logformat", format, "shop:app"];
    await using run = await PorticoRun.serving({ args, cwd: here });
    const { text } = await run.get("/a%20b?c=d", headers);
    const [, bytes, pid] = line.exec(await run.stdout.line(/a%20b/)) ?? [];
    assert.equal(Number(bytes), text.length, run.stdout.text);
    assert.equal(Number(pid), run.pid);
  });

  test("every atom of the access log, to a file", async () => {
    const path = join(here, "access.log");
    const args = [...ANYWHERE, "--access-logfile", path, "--access-logformat", format, "shop:app"];
    await using run = await PorticoRun.serving({ args, cwd: here });
    await run.get("/a%20b?c=d", headers);
    run.kill("SIGTERM");
    assert.equal((await run.ended).code, 0);
    assert.match(readFileSync(path, "utf8").trimEnd(), line);
  });

  test("the error log goes to its file, and only there, with tracebacks", async () => {
    const path = join(here, "error.log");
    const args = ["-b", `unix:${join(here, "error.sock")}`, "--error-logfile", path, "shop:app"];
    await using run = new PorticoRun({ args, cwd: here });
    const url = `unix:${join(here, "error.sock")}`;
    await answering(run, url);
    assert.equal((await get(url, "/fail")).status, 500);
    run.kill("SIGTERM");
    const { stderr } = await run.ended;
    assert.equal(stderr, "");
    const text = readFileSync(path, "utf8");
    assert.match(text, /\[INFO\] Starting portico/);
    assert.match(text, /Traceback[\s\S]*ValueError: no such luck/);
    assert.match(text, /\[INFO\] Shutting down: portico\n$/);
  });

  test("what an application prints is harmless, and wsgi.errors is in the error log", async () => {
    await using run = await PorticoRun.serving({ args: [...ANYWHERE, "shop:app"], cwd: here });
    assert.equal((await run.get("/noise")).status, 201);
    await run.stderr.line(/^to wsgi\.errors$/);
    await run.stderr.line(/^to stderr$/);
    await run.stdout.line(/^written$/);
    assert.equal((await run.get("/")).status, 201);
    run.kill("SIGTERM");
    assert.match((await run.ended).stdout, /^printed$/m);
  });
});

describe("what ends by itself:", { concurrency: 2 }, () => {
  test("-h and --help say how it is used, on standard output", async () => {
    for (const flag of ["-h", "--help"]) {
      const { code, stdout, stderr } = await runToEnd({ args: [flag], cwd: here });
      assert.equal(code, 0);
      assert.equal(stderr, "");
      assert.match(stdout, /^usage: portico/i);
      assert.match(stdout, /--boot-timeout SECONDS/);
    }
  });

  test("-v and --version say the version", async () => {
    for (const flag of ["-v", "--version"]) {
      const { code, stdout } = await runToEnd({ args: [flag], cwd: here });
      assert.equal(code, 0);
      assert.ok(stdout.includes(VERSION) && stdout.endsWith("\n"), stdout);
    }
  });

  for (const target of ["shop:app", "./site.mjs"]) {
    test(`--check-config loads ${target}, listens nowhere, and says nothing more (0)`, async () => {
      const port = await freePort();
      const args = ["--check-config", "-b", `127.0.0.1:${port}`, "-w", "4", target];
      const { code, stdout, stderr } = await runToEnd({ args, cwd: here });
      assert.equal(code, 0, stderr);
      assert.equal(stdout, "");
      assert.doesNotMatch(stderr, /Listening|ERROR/);
    });
  }

  test("--check-config of an application that cannot be loaded says so (4)", async () => {
    const cwd = join(repositoryRoot, "test/apps/broken");
    const { code, stderr } = await runToEnd({ args: ["--check-config", "lacks_module"], cwd });
    assert.equal(code, 4);
    assert.match(stderr, /^portico: cannot load lacks_module/m);
  });

  test("--print-config says every setting and where it is from, and loads (0)", async () => {
    const args = ["--print-config", "-w", "3", "shop:app"];
    const env = { PORT: "8123" };
    const { code, stdout } = await runToEnd({ args, cwd: here, env });
    assert.equal(code, 0);
    assert.match(stdout, /^workers += 3 +\(command line --workers\)$/m);
    assert.match(stdout, /^bind += 0\.0\.0\.0:8123 +\(environment PORT\)$/m);
    assert.match(stdout, /^threads += 1 +\(default\)$/m);
  });
});

/** A port that is free now; used where 0 cannot be. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" ? (address?.port ?? 0) : 0;
}

/** Resolves when a server that says nothing answers. */
async function answering(run: PorticoRun, url: string): Promise<void> {
  let hasEnded = false;
  void run.ended.then(() => {
    hasEnded = true;
  });
  for (;;) {
    try {
      await get(url, "/");
      return;
    } catch (error) {
      // Not there yet, unless it has ended.
      if (hasEnded) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}
