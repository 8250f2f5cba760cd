/** A closed terminal and `kill -HUP` send the same signal, and mean another thing. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { test } from "node:test";
import { pythonProgram, repositoryRoot } from "../support/python-environment.ts";
import { RecordedLines } from "../support/recorded-log.ts";
import { isRunning, until } from "../support/until.ts";

const ECHO = join(repositoryRoot, "test/apps/echo.py");

test("HUP reloads what was started from a terminal, and its closing ends it", async () => {
  const python = pythonProgram("python");
  const portico = [process.execPath, join(repositoryRoot, "bin/portico.mjs"), "--python", python];
  const script = join(repositoryRoot, "test/embed/terminal.py");
  const child = spawn(python, [script, ...portico, "-b", "127.0.0.1:0", ECHO], {
    stdio: ["pipe", "pipe", "inherit", "pipe"],
  });
  const log = new RecordedLines();
  const said = new RecordedLines();
  try {
    record(child.stdio[3], log);
    record(child.stdout, said);
    const pid = Number(await said.line(/^\d+$/));
    await log.line(/\[INFO\] Ready$/);
    process.kill(pid, "SIGHUP");
    await log.line(/Reloaded: 1 worker of the new code$/);
    assert.ok(isRunning(pid));
    child.stdin?.write("\n");
    await log.line(/Shutting down: portico$/);
    await until("it has ended with 0", () => said.lines.at(-1) === "0");
    assert.equal(log.lines.filter((line) => line.includes("Reloading")).length, 1);
  } finally {
    child.kill("SIGKILL");
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  }
});

function record(stream: unknown, lines: RecordedLines): void {
  assert.ok(stream instanceof Object && "setEncoding" in stream);
  let rest = "";
  // A stream of a child's, since it has an encoding to set.
  const readable = stream as NodeJS.ReadableStream;
  readable.setEncoding("utf8").on("data", (text: string) => {
    const found = (rest + text).split("\n");
    rest = found.pop() ?? "";
    for (const line of found) lines.add(line.trimEnd());
  });
}
