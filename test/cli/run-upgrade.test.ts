import assert from "node:assert/strict";
import { existsSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { OtherProcess } from "../support/other-process.ts";
import { passing } from "../support/pass-sockets.ts";
import { get, PorticoRun } from "../support/portico-run.ts";
import { SteadyLoad } from "../support/steady-load.ts";
import { isRunning, until } from "../support/until.ts";
import { Versions } from "../support/versions.ts";

function written(): Versions {
  const versions = new Versions();
  versions.writePython("one");
  versions.writeTypeScript("one");
  return versions;
}

function serving(versions: Versions, ...args: readonly string[]): Promise<PorticoRun> {
  const socket = join(versions.directory, "portico.sock");
  const options = ["-b", "127.0.0.1:0", "-b", `unix:${socket}`, "--pid", "server.pid"];
  return PorticoRun.serving({ args: [...options, ...args], cwd: versions.directory });
}

/** The server that USR2 starts, when it is ready. */
async function upgraded(run: PorticoRun): Promise<OtherProcess> {
  run.kill("SIGUSR2");
  const line = await run.stderr.line(/The new server \(pid:\d+\) is ready/);
  return new OtherProcess(Number(/pid:(\d+)/.exec(line)?.[1]));
}

function numberIn(versions: Versions, name: string): number | undefined {
  const path = join(versions.directory, name);
  return existsSync(path) ? Number(readFileSync(path, "utf8")) : undefined;
}

for (const [name, target] of [
  ["a Python application", "shop:app"],
  ["a TypeScript application", "./shop.ts"],
] as const) {
  describe(`USR2 with ${name}:`, () => {
    test("a new server takes the sockets over, and no client notices", async () => {
      using versions = written();
      await using run = await serving(versions, target);
      const before = run.descendants;
      const load = new SteadyLoad({ url: run.url, clients: 8, every: 5 });
      try {
        versions.writePython("two");
        versions.writeTypeScript("two");
        await using successor = await upgraded(run);
        assert.equal(numberIn(versions, "server.pid"), run.pid);
        assert.equal(numberIn(versions, "server.pid.2"), successor.pid);
        assert.deepEqual(load.take().failures, []);
        run.kill("SIGTERM");
        await run.stderr.line(new RegExp(`before \\(pid:${run.pid}\\) has ended; this one has`));
        assert.deepEqual(
          load.take().failures.filter((failure) => !isCut(failure)),
          [],
        );
        await until("the number is the new server's", () => {
          return numberIn(versions, "server.pid") === successor.pid;
        });
        assert.equal(numberIn(versions, "server.pid.2"), undefined);
        assert.match((await run.get("/")).text, /^two /);
        const socket = join(versions.directory, "portico.sock");
        assert.match((await get(`unix:${socket}`, "/")).text, /^two /);
        assert.deepEqual(before.filter(isRunning), []);
        await load[Symbol.asyncDispose]();
        successor.kill("SIGTERM");
        await successor.ended();
        assert.equal(existsSync(socket), false);
        assert.equal(numberIn(versions, "server.pid"), undefined);
      } finally {
        await load[Symbol.asyncDispose]();
      }
    });

    test("where the new server cannot start the old one goes on, and can be asked again", async () => {
      using versions = written();
      await using run = await serving(versions, target);
      versions.breakAll();
      run.kill("SIGUSR2");
      await run.stderr.line(/\[ERROR\] The new server is not ready, and this one goes on: /);
      assert.equal(numberIn(versions, "server.pid.2"), undefined);
      assert.match((await run.get("/")).text, /^one /);
      versions.writePython("two");
      versions.writeTypeScript("two");
      await using successor = await upgraded(run);
      assert.ok(successor.runs);
      run.kill("SIGTERM");
      await until("the old one has ended", () => numberIn(versions, "server.pid") !== run.pid);
      assert.match((await run.get("/")).text, /^two /);
    });

    test("a new server that is told to end leaves all to the old one", async () => {
      using versions = written();
      await using run = await serving(versions, target);
      await using successor = await upgraded(run);
      successor.kill("SIGTERM");
      await run.stderr.line(
        /\[WARNING\] The new server .* exited with status 0; this one goes on$/,
      );
      assert.match((await run.get("/")).text, /^one /);
      const socket = join(versions.directory, "portico.sock");
      assert.match((await get(`unix:${socket}`, "/")).text, /^one /);
      run.kill("SIGTERM");
      assert.equal((await run.ended).code, 0);
      assert.equal(existsSync(socket), false);
      assert.equal(existsSync(join(versions.directory, "server.pid")), false);
    });
  });
}

describe("USR2", () => {
  test("leads to what a link names now that the server was started by", async () => {
    using old = written();
    using versions = written();
    versions.writePython("two");
    const link = `${old.directory}-link`;
    symlinkSync(old.directory, link);
    try {
      const args = ["-b", "127.0.0.1:0", "shop:app"];
      await using run = await PorticoRun.serving({ args, cwd: link, env: { PWD: link } });
      rmSync(link);
      symlinkSync(versions.directory, link);
      await using successor = await upgraded(run);
      assert.ok(successor.runs);
      run.kill("SIGTERM");
      await run.stderr.line(/has ended; this one has its place$/);
      assert.match((await run.get("/")).text, /^two /);
    } finally {
      rmSync(link);
    }
  });

  test("leaves the file of a socket that systemd has made, whichever server ends last", async () => {
    using versions = written();
    const { directory: cwd } = versions;
    const path = join(cwd, "passed.sock");
    const through = passing(path);
    await using run = await PorticoRun.serving({ args: ["shop:app"], cwd, through });
    await using successor = await upgraded(run);
    run.kill("SIGTERM");
    await run.stderr.line(/has ended; this one has its place$/);
    assert.match((await get(`unix:${path}`, "/")).text, /^one /);
    successor.kill("SIGTERM");
    await successor.ended();
    assert.ok(existsSync(path));
  });

  test("starts no third server while there are two", async () => {
    using versions = written();
    await using run = await serving(versions, "shop:app");
    await using successor = await upgraded(run);
    run.kill("SIGUSR2");
    await run.stderr.line(/No new server: there is one already; tell one of the two to end first$/);
    successor.kill("SIGUSR2");
    await run.stderr.line(/No new server: the one that has started this one still runs; /);
  });

  test("leaves the address of --metrics-bind to the old server until it ends", async () => {
    using versions = written();
    const socket = `unix:${join(versions.directory, "metrics.sock")}`;
    await using run = await serving(versions, "--metrics-bind", socket, "shop:app");
    await using successor = await upgraded(run);
    assert.equal((await get(socket, "/metrics")).status, 200);
    run.kill("SIGTERM");
    await run.stderr.line(/has ended; this one has its place$/);
    const path = join(versions.directory, "metrics.sock");
    await until("the new server has metrics", () => existsSync(path));
    assert.equal((await get(socket, "/metrics")).status, 200);
    assert.ok(successor.runs);
  });

  test("gives the new server the place of one that was killed", async () => {
    using versions = written();
    await using run = await serving(versions, "shop:app");
    await using successor = await upgraded(run);
    run.kill("SIGKILL");
    await until("the number is the new server's", () => {
      return numberIn(versions, "server.pid") === successor.pid;
    });
    assert.match((await run.get("/")).text, /^one /);
  });

  test("runs the pre_exec hook of a gunicorn configuration first", async () => {
    using versions = written();
    const hook = 'def pre_exec(server): server.log.info("pre_exec of %d", server.pid)\n';
    writeFileSync(join(versions.directory, "gunicorn.conf.py"), hook);
    await using run = await serving(versions, "shop:app");
    await using successor = await upgraded(run);
    assert.ok(successor.runs);
    const said = run.stderr.text;
    assert.ok(said.indexOf(`pre_exec of ${run.pid}`) < said.indexOf(`[${successor.pid}]`));
  });
});

/** A connection that was kept and is asked on as its server ends is the client's to ask again (RFC 9112 section 9.3.1). */
function isCut(failure: string): boolean {
  return /ECONNRESET|socket hang up/.test(failure);
}
