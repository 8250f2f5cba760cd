/** What docs/pyodide.md says does not work fails, and says why. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { repositoryRoot } from "../../support/python-environment.ts";
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
  mail: NO_SOCKET,
  tls: NO_SOCKET,
  "loop-thread": NO_THREAD,
  "loop-executor": NO_THREAD,
  "loop-connect": NO_SOCKET,
  "loop-server": NO_SOCKET,
  "loop-udp": NO_SOCKET,
  "loop-socket": NO_SOCKET,
  "loop-name": NO_SOCKET,
  "loop-process": NO_PROCESS,
  "loop-shell": NO_PROCESS,
  asgiref: NO_THREAD,
  digest: "ValueError: unsupported hash type ripemd160",
  dbm: "ModuleNotFoundError: No module named 'dbm'",
  curses: "ModuleNotFoundError: No module named 'curses'",
  url: `URLError: <urlopen error [Errno 138] no socket can be connected or bound: ${REMEDY}>`,
};

/** Where asgiref lies, which is Python alone. */
const environment = join(repositoryRoot, ".venv");

describe("on Pyodide", () => {
  let asked: OnPyodide;

  before(async () => {
    asked = await OnPyodide.start("missing_means", { env: { VIRTUAL_ENV: environment } });
  });

  after(() => asked[Symbol.asyncDispose]());

  for (const [what, answer] of Object.entries(ANSWERS)) {
    test(`${what} fails at once and says why`, async () => {
      assert.equal(await asked.text(`/${what}`), answer);
    });
  }
});

test("a part of the standard library that Pyodide has not is named, with the remedy", async () => {
  await assert.rejects(OnPyodide.start("needs_curses"), {
    name: "LoadError",
    message:
      /No module named 'curses'; Pyodide has no such part of the standard library; choose --engine cpython$/,
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
