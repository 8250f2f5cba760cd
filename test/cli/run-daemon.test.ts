import assert from "node:assert/strict";
import { existsSync, readFileSync, readlinkSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { OtherProcess } from "../support/other-process.ts";
import { get, PorticoRun, type RunEnd, runToEnd } from "../support/portico-run.ts";
import { Versions } from "../support/versions.ts";

const ANYWHERE = ["-b", "127.0.0.1:0"];
const LOGGED = ["--error-logfile", "error.log"];
const KEPT = ["-D", "--pid", "server.pid"];

/** Name, target. */
const TARGETS = [
  ["a Python application", "shop:app"],
  ["a TypeScript application", "./shop.ts"],
] as const;

function written(): Versions {
  const versions = new Versions();
  versions.writePython("one");
  versions.writeTypeScript("one");
  return versions;
}

function launched(versions: Versions, ...args: readonly string[]): Promise<RunEnd> {
  return runToEnd({ args: [...ANYWHERE, ...args], cwd: versions.directory });
}

function read(versions: Versions, name: string): string {
  return readFileSync(join(versions.directory, name), "utf8");
}

/** The session that a process belongs to. */
function sessionOf(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ")[3]);
}

for (const [name, target] of TARGETS) {
  describe(`--daemon with ${name}`, () => {
    test("ends with 0 when requests are answered, by a process of its own session without a terminal", async () => {
      using versions = written();
      const end = await launched(versions, ...KEPT, ...LOGGED, target);
      await using daemon = OtherProcess.in(join(versions.directory, "server.pid"));
      assert.deepEqual(end, { code: 0, signal: null, stdout: "", stderr: "" });
      const url = /Listening at: (\S+)/.exec(read(versions, "error.log"))?.[1] ?? "";
      assert.match((await get(url, "/")).text, /^one \d+$/);
      assert.equal(sessionOf(daemon.pid), daemon.pid);
      for (const file of [0, 1, 2]) {
        assert.equal(readlinkSync(`/proc/${daemon.pid}/fd/${file}`), "/dev/null");
      }
      daemon.kill("SIGTERM");
      await daemon.ended();
      assert.match(read(versions, "error.log"), /Shutting down: portico\n$/);
      assert.equal(existsSync(join(versions.directory, "server.pid")), false);
    });

    test("passes the message and the status of a start that fails on", async () => {
      using versions = written();
      versions.breakAll();
      const end = await launched(versions, ...KEPT, ...LOGGED, target);
      assert.equal(end.code, 4);
      assert.match(end.stderr, /^portico: .*(?:nothing_that_there_is|broken on purpose)/s);
      assert.equal(existsSync(join(versions.directory, "server.pid")), false);
    });
  });
}

describe("--daemon", () => {
  test("warns where the log would go nowhere", async () => {
    using versions = written();
    const { code, stderr } = await launched(versions, ...KEPT, "shop:app");
    await using daemon = OtherProcess.in(join(versions.directory, "server.pid"));
    assert.ok(daemon.runs);
    assert.equal(code, 0);
    assert.equal(stderr, "portico: the daemon's log goes nowhere; give it --error-logfile FILE\n");
  });

  test("refuses to start where --pid names a server that runs, which runs on", async () => {
    using versions = written();
    await launched(versions, ...KEPT, ...LOGGED, "shop:app");
    await using daemon = OtherProcess.in(join(versions.directory, "server.pid"));
    const { code, stderr } = await launched(versions, ...KEPT, ...LOGGED, "shop:app");
    assert.equal(code, 1);
    assert.match(stderr, new RegExp(`server\\.pid names process ${daemon.pid}, which runs`));
    assert.ok(daemon.runs);
  });

  test("keeps standard output and error with --enable-stdio-inheritance", async () => {
    using versions = written();
    const args = [...ANYWHERE, ...KEPT, "-R", "shop:app"];
    await using run = await PorticoRun.serving({ args, cwd: versions.directory });
    await using daemon = OtherProcess.in(join(versions.directory, "server.pid"));
    daemon.kill("SIGTERM");
    // The run ends when all that have its output do.
    assert.match((await run.ended).stderr, /Shutting down: portico\n$/);
  });

  test("makes files that others cannot write, whatever the mask of who started it", async () => {
    using versions = written();
    const before = process.umask(0);
    try {
      await launched(versions, ...KEPT, ...LOGGED, "shop:app");
    } finally {
      process.umask(before);
    }
    await using daemon = OtherProcess.in(join(versions.directory, "server.pid"));
    const status = readFileSync(`/proc/${daemon.pid}/status`, "utf8");
    assert.match(status, /^Umask:\t0022$/m);
    assert.equal(statSync(join(versions.directory, "error.log")).mode & 0o777, 0o644);
  });

  test("is not for a check of the configuration", async () => {
    using versions = written();
    const { code } = await launched(versions, ...KEPT, "--check-config", "shop:app");
    assert.equal(code, 0);
    assert.equal(existsSync(join(versions.directory, "server.pid")), false);
  });
});
