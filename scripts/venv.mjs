#!/usr/bin/env node
// Owns .venv: makes it, keeps it in step with test/requirements.txt and test/pyodide-wheels.txt, and
// runs its tools.
//
//   node scripts/venv.mjs                      makes or refreshes .venv
//   node scripts/venv.mjs ruff check python    the same, then runs .venv/bin/ruff check python
//
// $PYTHON names the interpreter to build on; without it, python3 from PATH.

import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const environment = join(root, ".venv");
const requirements = join(root, "test", "requirements.txt");
const wheels = join(root, "test", "pyodide-wheels.txt");
// Written last, so that an installation cut short is begun again by the next run.
const stamp = join(environment, "requirements.stamp");
const python = process.env.PYTHON || "python3";

ensureEnvironment();
const [tool, ...toolArguments] = process.argv.slice(2);
if (tool !== undefined) process.exitCode = runTool(tool, toolArguments);

function ensureEnvironment() {
  const version = pythonVersion();
  const wanted = `${version}\n${hashOf(requirements)}\n${hashOf(wheels)}\n`;
  const found = readOrEmpty(stamp);
  if (found === wanted) return;
  if (!found.startsWith(`${version}\n`)) makeEnvironment();
  install();
  writeFileSync(stamp, wanted);
}

function pythonVersion() {
  const asked = capture(python, ["-c", "import platform; print(platform.python_version())"]);
  if (asked.error !== undefined || asked.status !== 0) {
    fail(`cannot run ${python}: install Python 3, or name an interpreter in $PYTHON`);
  }
  return asked.stdout.trim();
}

function makeEnvironment() {
  // Debian ships python3 without ensurepip; asking first leaves no half-made .venv behind.
  if (capture(python, ["-c", "import venv, ensurepip"]).status !== 0) {
    fail(
      `${python} cannot make virtual environments: install python3-venv ` +
        "(apt install python3-venv), or name another interpreter in $PYTHON",
    );
  }
  process.stderr.write(`Making .venv with ${python}\n`);
  mustRun(python, ["-m", "venv", "--clear", environment]);
}

function install() {
  process.stderr.write("Installing test/requirements.txt into .venv\n");
  const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
  const program = join(environment, "bin", "python");
  mustRun(program, [...pip, "--requirement", requirements]);
  fetchWheels(program);
}

/** For Pyodide's Python, which .venv's need not be. */
function fetchWheels(program) {
  const pip = ["-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"];
  const forPyodide = ["--only-binary=:all:", "--python-version", "3.14"];
  const folder = join(environment, "wheels");
  mustRun(program, [...pip, ...forPyodide, "--dest", folder, "--requirement", wheels]);
}

function runTool(name, args) {
  const ran = spawnSync(join(environment, "bin", name), args, { stdio: "inherit" });
  if (ran.error !== undefined) {
    fail(`cannot run .venv/bin/${name} (${ran.error.code}): is it in test/requirements.txt?`);
  }
  return ran.status ?? 128 + constants.signals[ran.signal];
}

function mustRun(command, args) {
  const ran = spawnSync(command, args, { stdio: ["ignore", "inherit", "inherit"] });
  if (ran.error !== undefined || ran.status !== 0) {
    fail(
      `\`${command} ${args.join(" ")}\` failed (${ran.error?.code ?? ran.status ?? ran.signal})`,
    );
  }
}

function capture(command, args) {
  return spawnSync(command, args, { encoding: "utf8" });
}

function hashOf(file) {
  return createHash("sha256").update(readFileSync(file)).digest("hex");
}

function readOrEmpty(file) {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if (error.code === "ENOENT") return "";
    throw error;
  }
}

/** @returns {never} */
function fail(message) {
  process.stderr.write(`venv: ${message}\n`);
  process.exit(1);
}
