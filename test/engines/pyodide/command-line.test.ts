/** Who has Node.js alone gives a Python application to the command line. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, describe, test } from "node:test";
import { checkRun } from "../../support/check-run.ts";
import { get, PorticoRun, type RunOptions, runToEnd } from "../../support/portico-run.ts";
import { pythonProgram } from "../../support/python-environment.ts";
import { SteadyLoad } from "../../support/steady-load.ts";
import { Versions } from "../../support/versions.ts";

const site = mkdtempSync(join(tmpdir(), "portico-node-alone-"));
after(() => rmSync(site, { recursive: true }));

const ANSWERS = `
def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [sys.platform.encode()]
`;
const write = (name: string, text: string): void => writeFileSync(join(site, name), text);
write("plain.py", `import sys${ANSWERS}`);
write("script.py", `import js, sys${ANSWERS}`);
write("broken.py", "import nothing_that_there_is\n");
write("sinner.py", `import sys${ANSWERS.replace("200 OK", "200")}`);

const ANYWHERE = ["--bind", "127.0.0.1:0"];
const ON_PYODIDE = [...ANYWHERE, "--engine", "pyodide"];

function alone(...args: readonly string[]): RunOptions {
  return { args: [...ANYWHERE, ...args], cwd: site, ownPython: true, env: { PATH: site } };
}

/** One line, and so it ends the text or its line. */
const REASON = /\[INFO\] Pyodide runs the application, for CPython cannot: (.*)\n/g;

const reasons = (text: string): readonly (string | undefined)[] =>
  [...`${text}\n`.matchAll(REASON)].map(([, reason]) => reason);

describe("--engine auto", { concurrency: 2 }, () => {
  test("takes Pyodide where there is no Python, and one line says so", async () => {
    await using run = await PorticoRun.serving(alone("plain.py"));
    assert.equal((await run.get("/")).text, "emscripten");
    assert.deepEqual(reasons(run.stderr.text), [
      "no Python: python3 cannot be started; give --python PATH",
    ]);
  });

  test("takes Pyodide where Python lacks what the application imports", async () => {
    const env = { PATH: dirname(pythonProgram("python")) };
    await using run = await PorticoRun.serving({ ...alone("script.py"), env });
    assert.equal((await run.get("/")).text, "emscripten");
    const [reason, ...others] = reasons(run.stderr.text);
    assert.match(reason ?? "", /^cannot load script\.py .*No module named 'js'/);
    assert.deepEqual(others, []);
  });

  test("takes Python where that can import the application", async () => {
    const env = { PATH: dirname(pythonProgram("python")) };
    await using run = await PorticoRun.serving({ ...alone("plain.py"), env });
    assert.equal((await run.get("/")).text, process.platform);
    assert.deepEqual(reasons(run.stderr.text), []);
  });

  test("says of an application that no Python is there for what is wrong with it", async () => {
    const { code, stderr } = await runToEnd(alone("broken.py"));
    assert.equal(code, 4);
    assert.match(stderr, /\nportico: cannot load broken\.py in .*No module named 'nothing_that/);
    assert.match(stderr, / \(no Python: python3 cannot be started; give --python PATH\)\n$/);
  });

  test("shows in the browser where such an application fails", async () => {
    await using run = await PorticoRun.serving(alone("--reload", "broken.py"));
    const shown = await get(run.url, "/", { accept: "text/html" });
    assert.match(shown.text, /broken\.py.*line 1/s);
  });
});

describe("on Pyodide", { concurrency: 2 }, () => {
  const serving = (versions: Versions, ...args: readonly string[]): Promise<PorticoRun> =>
    PorticoRun.serving({ args: [...ON_PYODIDE, ...args, "shop:app"], cwd: versions.directory });

  const loading = ({ url }: PorticoRun): SteadyLoad =>
    new SteadyLoad({ url, clients: 4, every: 5 });

  test("HUP replaces the code, and no client notices", async () => {
    using versions = new Versions();
    versions.writePython("one");
    await using run = await serving(versions, "-w", "2");
    await using load = loading(run);
    versions.writePython("two");
    run.kill("SIGHUP");
    await run.stderr.line(/\[INFO\] Reloaded: 2 workers of the new code$/);
    assert.match((await run.get("/")).text, /^two /);
    assert.deepEqual(load.take().failures, []);
    await run.stderr.line(/\(thread:\d+\) has ended: the application was loaded anew/);
    assert.doesNotMatch(run.stderr.text, /ERROR|WARNING|CRITICAL/);
  });

  test("HUP with broken code leaves the old code serving, and says why", async () => {
    using versions = new Versions();
    versions.writePython("one");
    await using run = await serving(versions);
    versions.breakAll();
    run.kill("SIGHUP");
    await run.stderr.line(/\[ERROR\] Reload failed: a new worker \(thread:\d+\) exited/);
    assert.match(run.stderr.text, /nothing_that_there_is/);
    assert.match((await run.get("/")).text, /^one /);
  });

  test("--max-requests replaces workers, and no client notices", async () => {
    using versions = new Versions();
    versions.writePython("one");
    await using run = await serving(versions, "--max-requests", "50");
    await using load = loading(run);
    await run.stderr.line(/\(thread:\d+\) has ended: it has served \d+ requests \(its limit: 50\)/);
    assert.deepEqual(load.take().failures, []);
    assert.doesNotMatch(run.stderr.text, /ERROR|WARNING|CRITICAL/);
  });

  test("--lint names the rule that an application breaks", async () => {
    const args = [...ON_PYODIDE, "--lint", "sinner.py"];
    await using run = await PorticoRun.serving({ args, cwd: site });
    await run.get("/");
    await run.stderr.line(/\[WARNING\] lint: the application broke status \(PEP 3333/);
  });

  test("portico check reports on an application", async () => {
    const good = await checkRun(site, "--engine", "pyodide", "plain.py");
    assert.equal(good.code, 0);
    assert.deepEqual(good.broken, []);
    assert.match(good.report.runtimes.join(), /, pyodide \d/);
    const bad = await checkRun(site, "--engine", "pyodide", "sinner.py");
    assert.equal(bad.code, 1);
    assert.deepEqual(
      bad.broken.map(({ rule }) => rule),
      ["status"],
    );
  });
});
