/** What becomes of a preloaded application when processes die, and when it cannot be loaded. */
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { Gate } from "../support/gate.ts";
import { runToEnd } from "../support/portico-run.ts";
import { asked, forked, Preloaded } from "../support/preloaded.ts";
import { ownTemporaryDirectory } from "../support/spools.ts";
import { SteadyLoad } from "../support/steady-load.ts";
import { isRunning, until } from "../support/until.ts";

const temporary = ownTemporaryDirectory();

describe("kill -9", { concurrency: 2 }, () => {
  test("of the template leaves its workers serving; the next comes from a new one", async () => {
    using site = new Preloaded().write("one");
    await using run = await site.serving("-w", "2");
    const { template } = await asked(run);
    process.kill(template, "SIGKILL");
    await run.stderr.line(
      new RegExp(`\\[ERROR\\] Template \\(pid:${template}\\) was sent SIGKILL; its workers go on`),
    );
    const orphans = forked(run, template);
    assert.ok(orphans.every(isRunning));
    const { pid } = await asked(run);
    assert.ok(orphans.includes(pid));
    process.kill(pid, "SIGKILL");
    await run.stderr.line(
      new RegExp(`Worker \\(pid:${pid}\\) has ended, nobody saw how \\(the template that it was`),
    );
    await until("a second has imported it", () => site.imports.length === 2);
    const [, second = 0] = site.imports;
    await until("a worker of it is there", () => forked(run, second).length === 1);
    run.kill("SIGTERM");
    assert.equal((await run.ended).code, 0);
    assert.ok(!orphans.some(isRunning));
  });

  test("of the template while it imports ends the start: status 3, and the signal is named", async () => {
    using site = new Preloaded().write("one");
    const gate = await Gate.open(join(site.directory, "gate"));
    await using run = site.starting("-w", "2");
    process.kill((await gate.arrival("import")).pid, "SIGKILL");
    const { code, stderr } = await run.ended;
    await gate.close();
    assert.equal(code, 3);
    assert.match(stderr, /^portico: a worker was sent SIGKILL before it was ready: shop:app with/m);
  });

  test("of the template of a reload gives the reload up, and the next one is tried", async () => {
    using site = new Preloaded().write("one");
    await using run = await site.serving("-w", "2");
    const gate = await Gate.open(join(site.directory, "gate"));
    site.write("two");
    run.kill("SIGHUP");
    const { pid } = await gate.arrival("import");
    process.kill(pid, "SIGKILL");
    await run.stderr.line(
      new RegExp(
        `Reload failed: a new worker \\(pid:${pid}\\) was sent SIGKILL before it was ready`,
      ),
    );
    await gate.close();
    assert.equal((await asked(run)).version, "one");
    run.kill("SIGHUP");
    await run.stderr.line(/Reloaded: 2 workers/);
    assert.equal((await asked(run)).version, "two");
  });

  test("of the server ends all its processes, even where native code holds one", async () => {
    using site = new Preloaded().write("one");
    await using run = await site.serving("-w", "2");
    const processes = run.descendants;
    const lost = run.get("/hang").catch(() => "cut off");
    const load = new SteadyLoad({ url: run.url, clients: 1, every: 5 });
    await load[Symbol.asyncDispose]();
    run.kill("SIGKILL");
    await until("none is left", () => !processes.some(isRunning));
    assert.equal(await lost, "cut off");
  });

  test("of the server ends a template that imports", async () => {
    using site = new Preloaded().write("one");
    const gate = await Gate.open(join(site.directory, "gate"));
    await using run = site.starting();
    const { pid } = await gate.arrival("import");
    run.kill("SIGKILL");
    await until("it has ended", () => !isRunning(pid));
    await gate.close();
  });
});

test("a signal to a worker is told by the usual one of its names", async () => {
  using site = new Preloaded().write("one");
  await using run = await site.serving("-w", "2");
  const { pid } = await asked(run);
  process.kill(pid, "SIGABRT");
  await run.stderr.line(new RegExp(`Worker \\(pid:${pid}\\) was sent SIGABRT; another takes`));
});

test("a template that stands still is replaced when a worker is wanted", async () => {
  using site = new Preloaded().write("one");
  await using run = await site.serving("-w", "2");
  const { template, pid } = await asked(run);
  process.kill(template, "SIGSTOP");
  process.kill(pid, "SIGKILL");
  await run.stderr.line(
    new RegExp(`Template \\(pid:${template}\\) was killed: it gave no sign of life for 5 s; its`),
  );
  await until("another has imported it", () => site.imports.length === 2);
  assert.ok(!isRunning(template));
  assert.equal((await asked(run)).version, "one");
});

test("a template whose code is not wanted any more is not told as a worker that has ended", async () => {
  using site = new Preloaded().write("one");
  await using run = await site.serving("-w", "2");
  const gate = await Gate.open(join(site.directory, "gate"));
  run.kill("SIGHUP");
  const { pid } = await gate.arrival("import");
  run.kill("SIGHUP");
  await until("it has ended", () => !isRunning(pid));
  await gate.close();
  await run.stderr.line(/Reloaded: 2 workers/);
  assert.doesNotMatch(run.stderr.text, new RegExp(`Worker \\(pid:${pid}\\)`));
});

describe("what cannot be preloaded is told as without --preload:", { concurrency: 2 }, () => {
  const SAME: readonly (readonly [string, string, readonly string[], RegExp])[] = [
    ["a module that is not there", "import nothing_that_there_is\n", [], /pip install/],
    ["an import that raises", "1 / 0\n", [], /ZeroDivisionError/],
    ["a module without an application", "value = 1\n", [], /has neither application|'app'/],
    ["an import that ends the process", "import os\nos._exit(5)\n", [], /exited with status 5/],
    [
      "an import that takes too long",
      "import time\ntime.sleep(600)\n",
      ["--boot-timeout", "1"],
      /not imported within --boot-timeout 1 s/,
    ],
  ];
  for (const [what, text, args, line] of SAME) {
    test(what, async () => {
      using site = new Preloaded();
      site.writeFile("shop.py", text);
      const told = await site.end("-w", "2", ...args);
      const plain = await runToEnd({
        args: ["-b", "127.0.0.1:0", "-w", "1", ...args, "shop:app"],
        cwd: site.directory,
      });
      const last = (stderr: string): string => /^portico: .*$/ms.exec(stderr)?.[0] ?? stderr;
      const tracebacks = (stderr: string): number => stderr.split("Traceback").length - 1;
      assert.match(told.stderr, line);
      assert.equal(last(told.stderr), last(plain.stderr));
      assert.equal(tracebacks(told.stderr), tracebacks(plain.stderr));
      assert.equal(told.code, plain.code);
    });
  }

  test("a temporary directory with a name too long for a socket", async () => {
    using site = new Preloaded().write("one");
    const long = join(temporary, "x".repeat(100));
    mkdirSync(long);
    const { code, stderr } = await runToEnd({
      args: ["-b", "127.0.0.1:0", "--preload", "shop:app"],
      cwd: site.directory,
      env: { TMPDIR: long },
    });
    assert.equal(code, 4);
    assert.match(
      stderr,
      /^portico: no worker can be forked: .* too long for a socket; set TMPDIR/m,
    );
  });
});
