import assert from "node:assert/strict";
import { test } from "node:test";
import { parseCheck } from "../../src/cli/check-settings.ts";

function assertRefused(args: readonly string[], message: string | RegExp): void {
  assert.throws(() => parseCheck(args), { message, exitCode: 2 });
}

test("a target alone is checked with every default, on a free port of this machine", () => {
  const command = parseCheck(["mysite.wsgi"]);
  assert.ok(command.kind === "check");
  assert.equal(command.target, "mysite.wsgi");
  assert.deepEqual(command.check.paths, []);
  assert.equal(command.check.json, false);
  assert.deepEqual(command.serving.settings.bind, [{ kind: "tcp", host: "127.0.0.1", port: 0 }]);
});

test("settings of serving are served with, and those of the check are the check's", () => {
  const args = ["app", "--path", "/a?b=c", "--path=/d", "--threads", "3", "-t4", "--strict"];
  const command = parseCheck(args);
  assert.ok(command.kind === "check");
  assert.deepEqual(command.check.paths, ["/a?b=c", "/d"]);
  assert.equal(command.check.strict, true);
  assert.equal(command.serving.settings.threads, 3);
  assert.equal(command.serving.settings.timeout, 4);
  assert.equal(command.serving.sources.threads.kind, "command line");
});

test("the word alone says how to check, and how to serve a module of that name", () => {
  assertRefused([], /portico check TARGET .* write portico check:application$/);
});

test("what is only for serving is refused by name, and what is unknown too", () => {
  assertRefused(
    ["-w", "3", "app"],
    "-w is for serving; portico check --help lists what check takes",
  );
  assertRefused(
    ["app", "--nothing"],
    "unknown option --nothing; portico check --help lists all options",
  );
});

test("a path that no request line can hold is refused", () => {
  assertRefused(
    ["app", "--path", "x"],
    '--path: "x" is not a path; it begins with / and is percent-encoded',
  );
});

test("help is asked for as everywhere", () => {
  assert.deepEqual(parseCheck(["--help"]), { kind: "help" });
});
