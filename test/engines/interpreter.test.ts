import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import {
  applicationDirectories,
  findInterpreter,
  type InterpreterQuestion,
} from "../../src/engines/cpython/interpreter.ts";
import { pythonProgram } from "../support/python-environment.ts";
import { Lab } from "./lab.ts";
import { findPython, PYTHON_VERSIONS } from "./pythons.ts";

const root = mkdtempSync(join(tmpdir(), "portico-interpreter-"));
after(() => rmSync(root, { recursive: true }));

/** A directory whose bin/python is a program, in name at least. */
function environmentAt(...path: readonly string[]): string {
  const directory = join(root, ...path);
  mkdirSync(join(directory, "bin"), { recursive: true });
  writeFileSync(join(directory, "bin", "python"), "#!/bin/sh\n");
  chmodSync(join(directory, "bin", "python"), 0o755);
  return directory;
}

function find(question: Partial<InterpreterQuestion>) {
  return findInterpreter({
    python: undefined,
    virtualEnv: undefined,
    workingDirectory: root,
    applicationDirectories: [],
    ...question,
  });
}

describe("the interpreter", () => {
  const both = join(root, "both");
  const dotted = environmentAt("both", ".venv");
  environmentAt("both", "venv");
  const plain = environmentAt("plain", "venv");
  const active = environmentAt("active");

  test("is that of --python before all others", () => {
    const python = join(dotted, "bin", "python");
    const found = find({ python, virtualEnv: active, applicationDirectories: [both] });
    assert.deepEqual(found, { command: python, reason: "--python" });
  });

  test("of --python is looked for from the working directory if it has a slash", () => {
    const found = find({ python: "both/.venv/bin/python" });
    assert.equal(found.command, join(dotted, "bin", "python"));
  });

  test("of --python is looked for in PATH if it has none", () => {
    assert.deepEqual(find({ python: "python3.13" }), { command: "python3.13", reason: "--python" });
  });

  test("of --python that is not there is refused by name", () => {
    assert.throws(() => find({ python: "./nowhere/python" }), {
      name: "LoadError",
      message: `--python ./nowhere/python: ${join(root, "nowhere/python")} is no program`,
      exitCode: 1,
    });
  });

  test("of --python that may not be run is refused by name", () => {
    writeFileSync(join(root, "text"), "");
    assert.throws(() => find({ python: "./text" }), {
      name: "LoadError",
      message: `--python ./text: ${join(root, "text")} may not be run by this user (uid ${process.geteuid?.()})`,
    });
  });

  test("is that of VIRTUAL_ENV before the application's own", () => {
    const found = find({ virtualEnv: active, applicationDirectories: [both] });
    assert.deepEqual(found, { command: join(active, "bin", "python"), reason: "VIRTUAL_ENV" });
  });

  test("of a VIRTUAL_ENV without one is refused, with the remedy", () => {
    const virtualEnv = join(root, "nowhere");
    assert.throws(() => find({ virtualEnv, applicationDirectories: [both] }), {
      name: "LoadError",
      message: `VIRTUAL_ENV is ${virtualEnv}, but ${virtualEnv}/bin/python is no program; unset it or give --python`,
      exitCode: 1,
    });
  });

  test("of an empty VIRTUAL_ENV is as if there were none", () => {
    assert.equal(find({ virtualEnv: "" }).command, "python3");
  });

  test("is that of .venv before that of venv", () => {
    const found = find({ applicationDirectories: [both] });
    assert.deepEqual(found, { command: join(dotted, "bin", "python"), reason: dotted });
  });

  test("is that of venv where there is no .venv", () => {
    const found = find({ applicationDirectories: [join(root, "plain")] });
    assert.deepEqual(found, { command: join(plain, "bin", "python"), reason: plain });
  });

  test("is that of the application's folder before that of the working directory", () => {
    const found = find({ applicationDirectories: [join(root, "plain"), both] });
    assert.equal(found.reason, plain);
  });

  test("is python3 where nothing says more", () => {
    const found = find({ applicationDirectories: [root] });
    assert.deepEqual(found, { command: "python3", reason: "python3 in PATH" });
  });
});

test("an application is in its file's folder, and in the working directory", () => {
  for (const [target, directories] of [
    ["module:app", ["/srv"]],
    ["package.module:create_app('a/b.py')", ["/srv"]],
    ["app.py", ["/srv"]],
    ["site/app.py", ["/srv/site", "/srv"]],
    ["site/app.py:create_app()", ["/srv/site", "/srv"]],
    ["/opt/site/app.py:app", ["/opt/site", "/srv"]],
  ] as const) {
    assert.deepEqual(applicationDirectories(target, "/srv"), directories, target);
  }
});

describe("a real interpreter", () => {
  const python = execFileSync(
    pythonProgram("python"),
    ["-c", "import sys; print(sys._base_executable)"],
    { encoding: "utf8" },
  ).trim();

  test("of VIRTUAL_ENV is used, and named in the log", async () => {
    const active = join(root, "really-active");
    mkdirSync(join(active, "bin"), { recursive: true });
    symlinkSync(python, join(active, "bin", "python"));
    await using lab = await Lab.start({ python: null, env: { VIRTUAL_ENV: active } });
    await lab.log.line(
      /^INFO Python: CPython 3\.\d+\.\d+, .*\/really-active\/bin\/python \(VIRTUAL_ENV\)$/,
    );
  });

  for (const name of [".venv", "venv"]) {
    test(`of ${name} in the application's directory is used, and named in the log`, async () => {
      await using lab = await Lab.start({
        python: null,
        prepare: (directory) => {
          mkdirSync(join(directory, name, "bin"), { recursive: true });
          symlinkSync(python, join(directory, name, "bin", "python"));
        },
      });
      const reason = join(lab.directory, name).replaceAll(".", "\\.");
      await lab.log.line(new RegExp(`^INFO Python: .* \\(${reason}\\)$`));
    });
  }

  test("that is none is refused in one line", async () => {
    await assert.rejects(Lab.start({ python: "no-such-python" }), {
      name: "LoadError",
      message: "no Python: no-such-python cannot be started; give --python PATH",
      exitCode: 1,
    });
  });

  for (const wanted of PYTHON_VERSIONS) {
    const found = findPython(wanted);
    const skip = found === undefined ? `there is no Python ${wanted} here` : false;
    test(`of version ${wanted} serves requests, bodies and files`, { skip }, async () => {
      await using lab = await Lab.start({ threads: 2, ...(found && { python: found }) });
      const version = (await lab.get("/version/x")).text;
      assert.ok(version.startsWith(`${wanted}.`), version);
      await lab.log.line(new RegExp(`^INFO Python: CPython ${version}, .* \\(--python\\)$`));
      const body = Buffer.alloc(1_000_000, "body");
      assert.match((await lab.post("/digest/x", body)).text, /^1000000 [0-9a-f]{64}$/);
      writeFileSync(join(lab.directory, "some.bin"), body);
      assert.ok((await lab.get("/file/some.bin")).body.equals(body));
      assert.equal((await lab.get("/stream/32")).body.length, 32 * 65_536);
    });
  }
});
