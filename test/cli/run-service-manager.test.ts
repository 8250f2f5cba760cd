import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { describe, test } from "node:test";
import { OtherProcess } from "../support/other-process.ts";
import { PorticoRun } from "../support/portico-run.ts";
import { pythonProgram, repositoryRoot } from "../support/python-environment.ts";
import { RecordedLines } from "../support/recorded-log.ts";
import { Versions } from "../support/versions.ts";

const LISTENER = join(repositoryRoot, "test/support/notify_socket.py");

/** A socket as systemd has it, and what was said to it, a message a line. */
class NotifySocket implements AsyncDisposable {
  readonly said: RecordedLines = new RecordedLines();
  readonly #child: ChildProcess;

  static async open(path: string): Promise<NotifySocket> {
    const socket = new NotifySocket(path);
    await socket.said.line(/^listening$/);
    return socket;
  }

  private constructor(path: string) {
    this.#child = spawn(pythonProgram("python"), [LISTENER, path], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const { stdout } = this.#child;
    if (stdout === null) throw new TypeError("it has no output");
    createInterface(stdout).on("line", (line) => this.said.add(line));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = new Promise((resolve) => this.#child.once("exit", resolve));
    this.#child.kill("SIGKILL");
    await ended;
  }
}

function written(): Versions {
  const versions = new Versions();
  versions.writePython("one");
  versions.writeTypeScript("one");
  return versions;
}

/** A PATH on which nothing is but these programs: without systemd-notify, Python has to do. */
function pathOf(versions: Versions, ...programs: readonly string[]): string {
  const path = join(versions.directory, "bin");
  mkdirSync(path);
  for (const program of programs) symlinkSync(program, join(path, program.replace(/.*\//, "")));
  return path;
}

const ANYWHERE = ["-b", "127.0.0.1:0"];

for (const [name, target] of [
  ["a Python application", "shop:app"],
  ["a TypeScript application", "./shop.ts"],
] as const) {
  describe(`NOTIFY_SOCKET with ${name}:`, () => {
    test("the service manager is told when the server is ready, reloads and stops", async () => {
      using versions = written();
      const socket = join(versions.directory, "notify");
      await using manager = await NotifySocket.open(socket);
      const env = { NOTIFY_SOCKET: socket, PATH: pathOf(versions) };
      const args = [...ANYWHERE, target];
      await using run = await PorticoRun.serving({ args, cwd: versions.directory, env });
      await manager.said.line(
        new RegExp(`^"READY=1\\\\nMAINPID=${run.pid}\\\\nSTATUS=Serving at http://127`),
      );
      run.kill("SIGHUP");
      await manager.said.said(
        /"RELOADING=1\\nMONOTONIC_USEC=\d+\\n[\s\S]*\n"READY=1\\nSTATUS=Serving/,
      );
      run.kill("SIGTERM");
      await manager.said.line(/^"STOPPING=1\\nEXTEND_TIMEOUT_USEC=35000000\\n/);
      assert.equal((await run.ended).code, 0);
      assert.doesNotMatch(run.stderr.text, /WARNING|ERROR/);
    });
  });
}

describe("NOTIFY_SOCKET", () => {
  test("is told over systemd-notify where there is one", async () => {
    using versions = written();
    const socket = join(versions.directory, "notify");
    await using manager = await NotifySocket.open(socket);
    const args = [...ANYWHERE, "./shop.ts"];
    const env = { NOTIFY_SOCKET: socket };
    await using run = await PorticoRun.serving({ args, cwd: versions.directory, env });
    await manager.said.line(new RegExp(`^"READY=1\\\\nMAINPID=${run.pid}`));
  });

  test("may be an abstract name", async () => {
    using versions = written();
    const socket = `@portico-test-${process.pid}`;
    await using manager = await NotifySocket.open(socket);
    const args = [...ANYWHERE, "shop:app"];
    const env = { NOTIFY_SOCKET: socket, PATH: pathOf(versions) };
    await using run = await PorticoRun.serving({ args, cwd: versions.directory, env });
    await manager.said.line(new RegExp(`^"READY=1\\\\nMAINPID=${run.pid}`));
  });

  test("that cannot be told is said so once, and the server serves", async () => {
    using versions = written();
    const args = [...ANYWHERE, "shop:app"];
    const env = { NOTIFY_SOCKET: join(versions.directory, "nobody"), PATH: pathOf(versions) };
    await using run = await PorticoRun.serving({ args, cwd: versions.directory, env });
    await run.stderr.line(
      /\[WARNING\] NOTIFY_SOCKET: the service manager is not told: .*status 1$/,
    );
    assert.equal((await run.get("/")).status, 200);
  });

  test("with WATCHDOG_USEC gets signs of life", async () => {
    using versions = written();
    const socket = join(versions.directory, "notify");
    await using manager = await NotifySocket.open(socket);
    const args = [...ANYWHERE, "./shop.ts"];
    const env = { NOTIFY_SOCKET: socket, WATCHDOG_USEC: "200000" };
    await using run = await PorticoRun.serving({ args, cwd: versions.directory, env });
    await manager.said.said(/"WATCHDOG=1"[\s\S]*"WATCHDOG=1"/);
    assert.ok(run.pid > 0);
  });

  test("is told of a successor when the old server ends, and not before", async () => {
    using versions = written();
    const socket = join(versions.directory, "notify");
    await using manager = await NotifySocket.open(socket);
    const args = [...ANYWHERE, "shop:app"];
    const env = { NOTIFY_SOCKET: socket };
    await using run = await PorticoRun.serving({ args, cwd: versions.directory, env });
    run.kill("SIGUSR2");
    const line = await run.stderr.line(/The new server \(pid:\d+\) is ready/);
    await using successor = new OtherProcess(Number(/pid:(\d+)/.exec(line)?.[1]));
    await manager.said.line(/^"READY=1\\nSTATUS=/);
    assert.doesNotMatch(manager.said.text, new RegExp(`MAINPID=${successor.pid}`));
    run.kill("SIGTERM");
    await manager.said.line(new RegExp(`^"MAINPID=${successor.pid}"$`));
  });
});
