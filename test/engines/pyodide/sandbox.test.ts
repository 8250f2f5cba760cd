/** An application that tries each way out of its sandbox, and finds none. */
import assert from "node:assert/strict";
import {
  copyFileSync,
  existsSync,
  fstatSync,
  mkdtempSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { PorticoRun } from "../../support/portico-run.ts";
import { pythonProgram, repositoryRoot } from "../../support/python-environment.ts";
import { OnPyodide } from "./on-pyodide.ts";

const WAYS = join(repositoryRoot, "test", "engines", "pyodide", "ways_out.py");

/** What is tried, by the path and the query that try it. */
const TRIED = [
  ...["read?/etc/passwd", "list", "variable?HOME", "process", "system", "proxy", "link?/etc"],
  ...["js-read?/etc/passwd", "js-write?/tmp/portico-way-out", "js-link", "js-variable?HOME"],
  ...[
    "js-listen",
    "js-udp",
    "js-dns",
    "js-process",
    "js-worker",
    "js-binding",
    "js-kill",
    "js-inspector",
    "js-handle",
    "js-udp-handle",
    "js-pipe?/tmp/portico-way-out",
    "js-stream?/tmp/portico-way-out",
    "js-active",
    "js-hooks",
    "js-resource",
    "js-database?/tmp/portico-way-out",
    "js-flags",
    "js-trace",
    "js-report?/tmp/portico-way-out",
    "js-environment",
    "js-priority",
    "js-register",
  ],
];

/** Python that goes on as another program, which has one more descriptor. */
const GIVE = `
import os, sys
os.dup2(os.open("/dev/null", os.O_RDONLY), 200, inheritable=True)
os.execv(sys.argv[1], sys.argv[1:])
`;

test("a sandbox does not have what somebody gave the server to hold", async () => {
  const cwd = mkdtempSync(join(tmpdir(), "portico-sandbox-"));
  try {
    copyFileSync(WAYS, join(cwd, "ways_out.py"));
    await using run = await PorticoRun.serving({
      args: ["--sandbox", "-b", "127.0.0.1:0", "ways_out"],
      ...{ cwd, ownPython: true, through: [pythonProgram("python"), "-c", GIVE] },
    });
    statSync(`/proc/${run.server}/fd/200`);
    const { text } = await run.get("/js-output?200");
    assert.match(text, /^kept in: .*EBADF/);
  } finally {
    rmSync(cwd, { recursive: true });
  }
});

describe("a sandbox", () => {
  let sandboxed: OnPyodide;

  before(async () => {
    sandboxed = await OnPyodide.start("ways_out", { sandbox: true, env: { NAMED: "given" } });
    writeFileSync(join(sandboxed.outside, "secret.txt"), "secret");
    writeFileSync(join(sandboxed.directory, "own.txt"), "its own");
  });

  after(() => sandboxed[Symbol.asyncDispose]());

  const ask = (target: string): Promise<string> => sandboxed.text(`/${target}`);

  test("has its own files, and the variables that are named", async () => {
    assert.equal(await ask("own?own.txt"), "out: 'its own'");
    assert.equal(await ask("variable?NAMED"), "out: 'given'");
  });

  test("does not hold the files that the log is written to", async () => {
    for (const descriptor of [1, 2]) {
      const inode = await ask(`js-output?${descriptor}`);
      assert.match(inode, /^out: \d+$/);
      assert.notEqual(inode, `out: ${fstatSync(descriptor).ino}`);
    }
  });

  test("stays where it was started, which is nowhere that it can move", async () => {
    assert.equal(await ask("js-where"), "out: '/'");
    assert.match(await ask(`js-directory?${sandboxed.directory}`), /^kept in: /);
  });

  for (const way of TRIED) {
    test(`does not let it out by ${way}`, async () => {
      assert.match(await ask(way), /^kept in: /);
    });
  }

  for (const way of ["connect", "fetch", "js-connect", "js-http"]) {
    test(`does not let it out by ${way}, to a server that is there`, async () => {
      const seen = sandboxed.served.exchanges.length;
      assert.match(await ask(`${way}?${sandboxed.served.port}`), /^kept in: /);
      assert.equal(sandboxed.served.exchanges.length, seen + 1, "the server was asked from within");
    });
  }

  test("does not let it read what lies beside its own", async () => {
    assert.match(await ask(`read?${join(sandboxed.outside, "secret.txt")}`), /^kept in: /);
    assert.match(await ask(`js-read?${join(sandboxed.outside, "secret.txt")}`), /^kept in: /);
    assert.ok(!existsSync("/tmp/portico-way-out"));
  });
});
