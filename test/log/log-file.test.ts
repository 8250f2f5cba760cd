import assert from "node:assert/strict";
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { after, test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { LogFileError } from "../../src/log/errors.ts";
import { LogFile } from "../../src/log/log-file.ts";

const folder = mkdtempSync(join(tmpdir(), "portico-log-"));
after(() => rmSync(folder, { recursive: true }));

const MODULE = new URL("../../src/log/log-file.js", import.meta.url).href;

/** A Node process that has `LogFile` and runs a script. */
function running(script: string): ChildProcessWithoutNullStreams {
  const source = `import { LogFile } from ${JSON.stringify(MODULE)};\n${script}`;
  return spawn(process.execPath, ["--input-type=module", "-e", source], {});
}

test("lines are added to what a file holds", () => {
  const path = join(folder, "added.log");
  for (const line of ["one\n", "two\n"]) {
    const file = new LogFile({ path, stream: "stderr" });
    file.write(line);
    file.close();
  }
  assert.equal(readFileSync(path, "utf8"), "one\ntwo\n");
});

test("at once means that the line is in the file when write returns", () => {
  const path = join(folder, "at-once.log");
  const file = new LogFile({ path, stream: "stderr" });
  file.write("one\n");
  assert.equal(readFileSync(path, "utf8"), "one\n");
  file.close();
});

test("each turn means that a turn's lines are in the file after it, in order", async () => {
  const path = join(folder, "each-turn.log");
  const file = new LogFile({ path, stream: "stdout", pace: "each turn" });
  file.write("one\n");
  file.write("two\n");
  assert.equal(readFileSync(path, "utf8"), "");
  await setImmediate();
  assert.equal(readFileSync(path, "utf8"), "one\ntwo\n");
  file.close();
});

test("after a rotation, reopen writes to a new file of the old name", () => {
  const path = join(folder, "rotated.log");
  const file = new LogFile({ path, stream: "stdout", pace: "each turn" });
  file.write("old\n");
  renameSync(path, `${path}.1`);
  file.reopen();
  file.write("new\n");
  file.close();
  assert.equal(readFileSync(`${path}.1`, "utf8"), "old\n");
  assert.equal(readFileSync(path, "utf8"), "new\n");
});

test("a file that cannot be reopened is an error, and the old one is kept", () => {
  const [before, later] = [join(folder, "before"), join(folder, "later")];
  mkdirSync(before);
  const file = new LogFile({ path: join(before, "a.log"), stream: "stdout" });
  renameSync(before, later);
  assert.throws(() => file.reopen(), { code: "ENOENT", path: join(before, "a.log") });
  file.write("kept\n");
  file.close();
  assert.equal(readFileSync(join(later, "a.log"), "utf8"), "kept\n");
});

test("a file that cannot be opened is an error with its path, reason and code", () => {
  const path = join(folder, "nowhere", "a.log");
  assert.throws(() => new LogFile({ path, stream: "stderr" }), {
    name: "LogFileError",
    message: `cannot open ${JSON.stringify(path)} for writing: no such file or directory (ENOENT)`,
    code: "ENOENT",
    path,
  });
  assert.throws(() => new LogFile({ path: folder, stream: "stderr" }), LogFileError);
});

test("what is written after close is dropped without an error", () => {
  const path = join(folder, "closed.log");
  const file = new LogFile({ path, stream: "stderr" });
  file.close();
  file.write("late\n");
  file.close();
  file.reopen();
  assert.equal(readFileSync(path, "utf8"), "");
});

test("no line is lost when the process exits in the same turn", async () => {
  const path = join(folder, "exit.log");
  const child = running(`
    const file = new LogFile({ path: ${JSON.stringify(path)}, stream: "stdout", pace: "each turn" });
    for (let i = 0; i < 1000; i += 1) file.write("line " + i + "\\n");
    process.exit(0);
  `);
  await once(child, "close");
  const lines = readFileSync(path, "utf8").split("\n");
  assert.equal(lines.length, 1001);
  assert.equal(lines[999], "line 999");
});

test("a dash is the standard stream", async () => {
  const child = running(`
    new LogFile({ path: "-", stream: "stdout", pace: "each turn" }).write("to stdout\\n");
    new LogFile({ path: "-", stream: "stderr" }).write("to stderr\\n");
  `);
  assert.equal(await text(child.stdout), "to stdout\n");
  assert.equal(await text(child.stderr), "to stderr\n");
});

test("a closed pipe ends the log and not the process", async () => {
  const child = running(`
    const file = new LogFile({
      path: "-",
      stream: "stdout",
      onTrouble: (error) => process.stderr.write(error.code + "\\n"),
    });
    process.stdin.once("end", () => {
      file.write("line\\n");
      file.write("line\\n");
      process.exitCode = 7;
    }).resume();
  `);
  child.stdout.once("close", () => child.stdin.end());
  child.stdout.destroy();
  const trouble = text(child.stderr);
  const [code] = await once(child, "close");
  assert.equal(code, 7);
  assert.equal(await trouble, "EPIPE\n");
});

test("a full pipe does not stop the process, and its lines arrive when it drains", async () => {
  const child = running(`
    process.stdout.write("");
    const file = new LogFile({ path: "-", stream: "stdout" });
    for (let i = 0; i < 3000; i += 1) file.write("x".repeat(99) + "\\n");
    process.stderr.write("still running\\n");
  `);
  const [notice] = await once(child.stderr, "data");
  assert.equal(String(notice), "still running\n");
  assert.equal((await text(child.stdout)).length, 300_000);
});
