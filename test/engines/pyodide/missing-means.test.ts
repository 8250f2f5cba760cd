/** What docs/pyodide.md says does not work fails, and says why. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { OnPyodide } from "./on-pyodide.ts";

const REMEDY = "Pyodide has none; run the application with --engine cpython";
const NO_THREAD = `RuntimeError: can't start new thread: ${REMEDY}`;
const NO_PROCESS = `OSError: [Errno 138] no process can be started: ${REMEDY}`;
const NO_SUBPROCESS = "OSError: [Errno 138] emscripten does not support processes.";
const NO_SOCKET = `OSError: [Errno 138] no socket can be connected or bound: ${REMEDY}`;

const ANSWERS = {
  thread: NO_THREAD,
  timer: NO_THREAD,
  executor: NO_THREAD,
  pool: "ModuleNotFoundError: No module named '_multiprocessing'",
  subprocess: NO_SUBPROCESS,
  popen: NO_SUBPROCESS,
  system: NO_PROCESS,
  fork: NO_PROCESS,
  connect: NO_SOCKET,
  "connect-ex": NO_SOCKET,
  udp: NO_SOCKET,
  bind: NO_SOCKET,
  listen: `${NO_SOCKET} (while attempting to bind on address ('127.0.0.1', 0))`,
  pair: NO_SOCKET,
  url: `URLError: <urlopen error [Errno 138] no socket can be connected or bound: ${REMEDY}>`,
};

describe("on Pyodide", () => {
  let asked: OnPyodide;

  before(async () => {
    asked = await OnPyodide.start("missing_means");
  });

  after(() => asked[Symbol.asyncDispose]());

  for (const [what, answer] of Object.entries(ANSWERS)) {
    test(`${what} fails at once and says why`, async () => {
      assert.equal(await asked.text(`/${what}`), answer);
    });
  }

  test("an event loop fails at once, in words of Pyodide's that differ by Node.js", async () => {
    assert.match(await asked.text("/asyncio"), /^RuntimeError: .*stack switch/);
  });
});

test("a package that was compiled for another Python is named, with the remedy", async () => {
  const folder = mkdtempSync(join(tmpdir(), "portico-compiled-"));
  try {
    mkdirSync(join(folder, "greetings"));
    writeFileSync(join(folder, "greetings", "__init__.py"), "from ._speedups import text");
    writeFileSync(join(folder, "greetings", "_speedups.cpython-311-x86_64-linux-gnu.so"), "");
    await assert.rejects(OnPyodide.start("needs_packages", { pythonPath: [folder] }), {
      name: "LoadError",
      message:
        /No module named 'greetings\._speedups'; greetings has parts compiled for another Python, _speedups\.cpython-311-x86_64-linux-gnu\.so; name it in a file for --requirements, or choose --engine cpython$/,
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
