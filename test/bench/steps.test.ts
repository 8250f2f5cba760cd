import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { pythonProgram, repositoryRoot } from "../support/python-environment.ts";

const SOCKET =
  "ff unix_stream_sendmsg, ff ksys_write, ff JS:*respond file:///p/build/src/gateway/x.js:1:1";
const ENVIRON = "ff Builtins_Add, ff JS:*makeEnviron file:///p/build/src/gateway/environ.js:5:28";

/** What bench/steps.py makes of one sample of a profile: the thread, then its stack. */
function stepOf(thread: string, stack: string): string {
  const code = "import sys, steps; print(steps.step_of(sys.argv[1].split(', ')))";
  return execFileSync(pythonProgram("python"), ["-c", code, `${thread}, ${stack}`], {
    env: { ...process.env, PYTHONPATH: join(repositoryRoot, "bench") },
    encoding: "utf8",
  }).trim();
}

test("a sample counts for the innermost function that a step knows", () => {
  assert.equal(stepOf("7/7", ENVIRON), "making the environ");
  assert.equal(stepOf("7/7", SOCKET), "writing to a worker");
  assert.equal(stepOf("7/7", "ff malloc"), "the rest");
});

test("a sample of another thread than the main one counts for none of its functions", () => {
  assert.equal(stepOf("7/9", ENVIRON), "other threads: compiler, collector");
});
