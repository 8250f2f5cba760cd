/** A sandbox is a process, and lives as long as its server wants it to, whoever else sends it signals. */
import assert from "node:assert/strict";
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { PorticoRun } from "../../support/portico-run.ts";
import { repositoryRoot } from "../../support/python-environment.ts";
import { isRunning, until } from "../../support/until.ts";
import { OnPyodide } from "./on-pyodide.ts";

/** Hundredths of a second that an answer to anything else does not take. */
const WORK = 20;

/** What the process has had of the processor, in hundredths of a second. */
function processorTicks(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  return Number(fields[11]);
}

describe("a sandboxed interpreter", () => {
  let troubled: OnPyodide;

  before(async () => {
    troubled = await OnPyodide.start("troubles", { sandbox: true, timeout: 1 });
  });

  after(() => troubled[Symbol.asyncDispose]());

  test("that a terminal or a service manager signals answers what it was asked", async () => {
    const [, pid] = / pids (\d+)$/m.exec(troubled.log.text) ?? [];
    assert.ok(pid !== undefined, troubled.log.text);
    assert.equal(await troubled.text("/count"), "1");
    const slow = troubled.text("/slow");
    for (const signal of ["SIGINT", "SIGHUP", "SIGTERM"] as const)
      process.kill(Number(pid), signal);
    assert.equal(await slow, "slow");
    assert.equal(await troubled.text("/count"), "3");
  });

  for (const [path, count] of [
    ["loop", "5"],
    ["sleep", "7"],
  ] as const)
    test(`that does not end (${path}) is interrupted: 504, a traceback, and it goes on`, async () => {
      assert.equal((await troubled.ask(`/${path}`)).status, 504);
      await troubled.log.said(
        new RegExp(
          `GET /${path} took more .*its thread is at \\(most recent call last\\)\n.*in application\n.*\n.*in ${path}\n`,
        ),
      );
      await troubled.log.said(new RegExp(`INFO Worker \\(pid:\\d+\\) goes on: GET /${path}`));
      assert.equal(await troubled.text("/count"), count);
    });

  test("that cannot be interrupted is killed a second after its deadline, which the log has in order", async () => {
    assert.equal((await troubled.ask("/endure")).status, 504);
    await troubled.log.said(
      /GET \/endure took more than --timeout 1 s[\s\S]*\(pid:\d+\) was killed: it (?:does nothing but what took too long|gave no sign of life)/,
    );
    assert.equal(await troubled.text("/count"), "1");
  });
});

test("a sandboxed interpreter that loops without end does not outlive its server", async () => {
  const cwd = mkdtempSync(join(tmpdir(), "portico-orphan-"));
  let sandbox: number | undefined;
  try {
    copyFileSync(
      join(repositoryRoot, "test", "engines", "pyodide", "troubles.py"),
      join(cwd, "troubles.py"),
    );
    const args = ["--bind", "127.0.0.1:0", "--sandbox", "troubles.py"];
    await using run = await PorticoRun.serving({ args, cwd });
    assert.equal((await run.get("/count")).status, 200);
    const [pid = 0] = run.descendants;
    sandbox = pid;
    const asked = run.get("/loop").catch((error: unknown) => error);
    const before = processorTicks(pid);
    await until("it is at work", () => processorTicks(pid) > before + WORK);
    run.kill("SIGKILL");
    assert.ok((await asked) instanceof Error);
    await until("it has ended", () => !isRunning(pid));
  } finally {
    if (sandbox !== undefined && isRunning(sandbox)) process.kill(sandbox, "SIGKILL");
    rmSync(cwd, { recursive: true });
  }
});
