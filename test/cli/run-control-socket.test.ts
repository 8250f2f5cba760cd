import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { controlSocketOf, ctl } from "../support/ctl-run.ts";
import { get, PorticoRun, runToEnd } from "../support/portico-run.ts";
import { until } from "../support/until.ts";
import { Versions } from "../support/versions.ts";

const ANYWHERE = ["-b", "127.0.0.1:0"];

function written(): Versions {
  const versions = new Versions();
  versions.writePython("one");
  return versions;
}

interface Surroundings {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** With a directory for sockets of its own. */
function serving(versions: Versions, { args = [], env }: Surroundings = {}): Promise<PorticoRun> {
  return PorticoRun.serving({
    args: [...ANYWHERE, ...args, "shop:app"],
    cwd: versions.directory,
    env: { XDG_RUNTIME_DIR: versions.directory, ...env },
  });
}

function modeOf(path: string): string {
  return (statSync(path).mode & 0o777).toString(8);
}

describe("the control socket", { concurrency: 2 }, () => {
  test("is its user's alone, named for the server, and gone when that has ended", async () => {
    using versions = written();
    await using run = await serving(versions);
    const path = await controlSocketOf(run);
    assert.equal(path, join(versions.directory, "portico", `${run.pid}.sock`));
    assert.equal(modeOf(path), "600");
    assert.equal(modeOf(join(versions.directory, "portico")), "700");
    run.kill("SIGTERM");
    await run.ended;
    assert.ok(!existsSync(path));
  });

  test("is gone when the server has been told to stop at once, and when it could not start", async () => {
    using versions = written();
    await using run = await serving(versions);
    const path = await controlSocketOf(run);
    run.kill("SIGQUIT");
    await run.ended;
    assert.ok(!existsSync(path));
    versions.breakAll();
    const failed = new PorticoRun({
      args: [...ANYWHERE, "shop:app"],
      cwd: versions.directory,
      env: { XDG_RUNTIME_DIR: versions.directory },
    });
    assert.equal((await failed.ended).code, 4);
    assert.ok(!existsSync(join(versions.directory, "portico", `${failed.pid}.sock`)));
  });

  test("can be asked by any client of HTTP, which no access log and no count of requests tells", async () => {
    using versions = written();
    await using run = await serving(versions, { args: ["--access-logfile", "-"] });
    const socket = `unix:${await controlSocketOf(run)}`;
    const { status, headers, text } = await get(socket, "/status");
    assert.equal(status, 200);
    assert.equal(headers["content-type"], "application/json");
    assert.equal(JSON.parse(text).pid, run.pid);
    assert.equal((await get(socket, "/nothing")).status, 404);
    assert.equal(JSON.parse((await get(socket, "/status")).text).traffic.answered, 0);
    assert.equal(run.stdout.text, "");
    assert.doesNotMatch(run.stderr.text, /nothing|status/);
  });

  test("is where --control-socket says, with the rights of --control-socket-mode", async () => {
    using versions = written();
    const args = ["--control-socket", "made/shop.ctl", "--control-socket-mode", "0660"];
    await using run = await serving(versions, { args });
    const path = join(versions.directory, "made/shop.ctl");
    assert.equal(await controlSocketOf(run), path);
    assert.equal(modeOf(path), "660");
    assert.equal((await ctl(run, "status")).code, 0);
  });

  test("is what gunicorn.conf.py says, by gunicorn's names", async () => {
    using versions = written();
    const conf = join(versions.directory, "gunicorn.conf.py");
    writeFileSync(conf, "control_socket = 'shop.ctl'\ncontrol_socket_mode = 0o640\n");
    await using run = await serving(versions);
    assert.equal(await controlSocketOf(run), join(versions.directory, "shop.ctl"));
    assert.equal(modeOf(join(versions.directory, "shop.ctl")), "640");
    writeFileSync(conf, "control_socket_disable = True\n");
    await using other = await serving(versions);
    assert.doesNotMatch(other.stderr.text, /ontrol socket/);
  });

  test("is taken over by the server that starts last, and the first removes nothing of it", async () => {
    using versions = written();
    const args = ["--control-socket", "shop.ctl"];
    await using first = await serving(versions, { args });
    await using second = await serving(versions, { args });
    await second.stderr.line(/\[WARNING\] Another server had the control socket \S+; this one/);
    const socket = `unix:${await controlSocketOf(second)}`;
    first.kill("SIGTERM");
    await first.ended;
    assert.equal(JSON.parse((await get(socket, "/status")).text).pid, second.pid);
  });

  test("is opened where the last server was killed", async () => {
    using versions = written();
    const args = ["--control-socket", "shop.ctl"];
    await using first = await serving(versions, { args });
    first.kill("SIGKILL");
    await first.ended;
    assert.ok(existsSync(await controlSocketOf(first)));
    await using second = await serving(versions, { args });
    assert.equal((await ctl(second, "status")).code, 0);
    assert.doesNotMatch(second.stderr.text, /WARNING/);
  });

  test("is done without where it cannot be, and the log says so in one line", async () => {
    using versions = written();
    // What is in the way has the name that this user's directory would have.
    const uid = String(process.geteuid?.());
    mkdirSync(join(versions.directory, "tmp"));
    writeFileSync(join(versions.directory, "tmp", `portico-${uid}`), "");
    const env = { XDG_RUNTIME_DIR: undefined, TMPDIR: join(versions.directory, "tmp") };
    await using run = await serving(versions, { env });
    await run.stderr.line(/\[WARNING\] No control socket: .*portico-\d+ is no directory$/);
    assert.equal((await run.get("/")).status, 200);
  });

  test("is none with --no-control-socket", async () => {
    using versions = written();
    await using run = await serving(versions, { args: ["--no-control-socket"] });
    assert.equal((await run.get("/")).status, 200);
    assert.ok(!existsSync(join(versions.directory, "portico")));
    assert.doesNotMatch(run.stderr.text, /ontrol socket/);
  });

  test("whose path is too long is refused before anything listens", async () => {
    using versions = written();
    const path = `/${"x".repeat(120)}`;
    const args = [...ANYWHERE, "--control-socket", path, "shop:app"];
    const { code, stderr } = await runToEnd({ args, cwd: versions.directory });
    assert.equal(code, 2);
    assert.match(
      stderr,
      /^portico: --control-socket: \/x+ has 121 bytes, and a socket's has \d+ at/m,
    );
    assert.doesNotMatch(stderr, /Listening/);
  });

  test("whose file is somebody else's leaves that file alone", async () => {
    using versions = written();
    const path = join(versions.directory, "notes.txt");
    writeFileSync(path, "mine");
    await using run = await serving(versions, { args: ["--control-socket", "notes.txt"] });
    await run.stderr.line(
      /\[WARNING\] No control socket: .*a file that is no socket has this name/,
    );
    assert.equal(readFileSync(path, "utf8"), "mine");
    assert.equal((await run.get("/")).status, 200);
  });
});

test("portico ctl names the servers there are where several run, and asks which", async () => {
  using versions = written();
  await using one = await serving(versions);
  await using other = await serving(versions);
  const env = { XDG_RUNTIME_DIR: versions.directory };
  const asked = (...args: readonly string[]) =>
    runToEnd({ args: ["ctl", ...args], cwd: "/", ownPython: true, env });
  const { code, stderr } = await asked("status");
  assert.equal(code, 3);
  assert.match(stderr, /^portico: \d+ servers run; say which with --pid PID or --socket PATH:\n/);
  for (const { pid } of [one, other]) {
    assert.match(stderr, new RegExp(`^ {2}${pid} {2}shop:app in ${versions.directory} `, "m"));
  }
  const { stdout } = await asked("status", "--pid", String(other.pid), "--json");
  assert.equal(JSON.parse(stdout).pid, other.pid);
});

test("a reload over it runs the hooks of gunicorn.conf.py, as HUP does", async () => {
  using versions = written();
  const told = join(versions.directory, "told");
  writeFileSync(
    join(versions.directory, "gunicorn.conf.py"),
    `def on_reload(server):\n    open(${JSON.stringify(told)}, "a").write("reloaded\\n")\n`,
  );
  await using run = await serving(versions);
  assert.equal((await ctl(run, "reload")).code, 0);
  await until("the hook has run", () => existsSync(told));
  assert.equal(readFileSync(told, "utf8"), "reloaded\n");
});
