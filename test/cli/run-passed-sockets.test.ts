import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { passing } from "../support/pass-sockets.ts";
import { get, PorticoRun, runToEnd } from "../support/portico-run.ts";
import { Versions } from "../support/versions.ts";

function written(): Versions {
  const versions = new Versions();
  versions.writePython("one");
  versions.writeTypeScript("one");
  return versions;
}

function openFilesOf(pid: number): readonly string[] {
  return readdirSync(`/proc/${pid}/fd`).map((file) => linkOf(pid, file));
}

/** What a process was told of sockets that are another's. */
function toldOf(pid: number): readonly string[] {
  return readFileSync(`/proc/${pid}/environ`, "utf8")
    .split("\0")
    .filter((entry) => /^(?:LISTEN_|NOTIFY_|WATCHDOG_|PORTICO_STARTED)/.test(entry));
}

function linkOf(pid: number, file: string): string {
  try {
    return readlinkSync(`/proc/${pid}/fd/${file}`);
  } catch {
    // It has been closed between the two looks.
    return "";
  }
}

for (const [name, target, whoTakes] of [
  ["a Python application", "shop:app", "the server"],
  ["a TypeScript application", "./shop.ts", "each server worker"],
] as const) {
  describe(`LISTEN_FDS with ${name}:`, () => {
    test("sockets of both kinds are served in place of --bind, and their files stay", async () => {
      using versions = written();
      const { directory: cwd } = versions;
      const path = join(cwd, "a socket");
      const through = passing(`0,${path}`);
      await using run = await PorticoRun.serving({
        args: ["-b", "203.0.113.1:1", target],
        ...{ cwd, through },
      });
      const listening = /Listening at: (http:\/\/127\.0\.0\.1:\d+), unix:(.*) \(/;
      const [, url = "", found] = listening.exec(run.stderr.text) ?? [];
      assert.equal(found, path);
      assert.match((await get(url, "/")).text, /^one /);
      assert.match((await get(`unix:${path}`, "/")).text, /^one /);
      run.kill("SIGTERM");
      assert.equal((await run.ended).code, 0);
      assert.ok(existsSync(path));
    });

    test(`${whoTakes} has the sockets, and no worker the variables`, async () => {
      using versions = written();
      const { directory: cwd } = versions;
      await using run = await PorticoRun.serving({ args: [target], cwd, through: passing("0,0") });
      const passed = ["3", "4"].map((file) => linkOf(run.pid, file));
      assert.ok(passed.every((file) => file.startsWith("socket:")));
      const workers = run.descendants;
      assert.ok(workers.length > 0);
      for (const worker of workers) {
        assert.deepEqual(toldOf(worker), []);
        const shared = openFilesOf(worker).filter((file) => passed.includes(file));
        assert.deepEqual(shared, whoTakes === "each server worker" ? passed : []);
      }
    });
  });
}

describe("LISTEN_FDS", () => {
  test("that is meant for another process is passed over", async () => {
    using versions = written();
    const { directory: cwd } = versions;
    const path = join(cwd, "theirs");
    await using run = await PorticoRun.serving({
      args: ["-b", "127.0.0.1:0", "shop:app"],
      ...{ cwd, through: passing(path), env: { LISTEN_PID: "1" } },
    });
    assert.match(run.stderr.text, /Listening at: http:\/\/127\.0\.0\.1:\d+ \(/);
  });

  test("with what is no stream socket ends the start in one line", async () => {
    using versions = written();
    const { directory: cwd } = versions;
    const { code, stderr } = await runToEnd({ args: ["shop:app"], cwd, through: passing("udp") });
    assert.equal(code, 1);
    assert.match(
      stderr,
      /\nportico: --bind: cannot listen on fd:\/\/3: it is no stream socket to listen on: .+\n$/,
    );
  });

  test("cannot be had with --daemon", async () => {
    using versions = written();
    const { directory: cwd } = versions;
    const args = ["-D", "shop:app"];
    const { code, stderr } = await runToEnd({ args, cwd, through: passing("0") });
    assert.equal(code, 2);
    assert.match(stderr, /^portico: --daemon: sockets that LISTEN_FDS passes cannot be passed on/);
  });
});

test("--bind fd://N serves a socket that is open as that descriptor", async () => {
  using versions = written();
  const { directory: cwd } = versions;
  await using run = await PorticoRun.serving({
    args: ["-b", "fd://4", "shop:app"],
    ...{ cwd, through: passing("0,0"), env: { LISTEN_PID: "1" } },
  });
  assert.match((await run.get("/")).text, /^one /);
});
