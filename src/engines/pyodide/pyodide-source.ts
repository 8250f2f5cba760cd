/** Interpreters in threads of this process: CPython compiled to WebAssembly, by the `pyodide` package. */
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { InterpreterQuestion } from "../cpython/interpreter.ts";
import type { InterpreterSource } from "../cpython/interpreter-source.ts";
import { PYTHON_PROGRAM } from "../cpython/spawn.ts";
import { LoadError } from "../errors.ts";
import { InterpreterThread, type ThreadLaunch } from "./interpreter-thread.ts";

interface Surroundings {
  readonly directory: string;
  readonly pythonPath: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** @throws {LoadError} the package is not installed */
export function findPyodide(
  { virtualEnv, applicationDirectories, workingDirectory }: InterpreterQuestion,
  { directory, pythonPath, env }: Surroundings,
): InterpreterSource {
  const { folder, version } = findPackage(workingDirectory);
  const sitePackages = sitePackagesOf([
    ...(virtualEnv ? [virtualEnv] : []),
    ...applicationDirectories.flatMap((each) => [join(each, ".venv"), join(each, "venv")]),
  ]);
  const launch: ThreadLaunch = {
    pyodide: pathToFileURL(join(folder, "pyodide.mjs")).href,
    program: dirname(dirname(PYTHON_PROGRAM)),
    directories: [
      ...applicationDirectories,
      directory,
      ...pythonPath.map((path) => resolve(path)),
      ...sitePackages,
    ],
    sitePackages,
    env: { ...process.env, ...env } as Record<string, string>,
    snapshot: join(cacheDirectory(), `pyodide-${version}.memory`),
  };
  const command = `pyodide ${version}`;
  return { command, reason: folder, start: () => new InterpreterThread(launch) };
}

interface FoundPackage {
  readonly folder: string;
  readonly version: string;
}

/** The application's own, or else Portico's. */
function findPackage(workingDirectory: string): FoundPackage {
  for (const from of [join(workingDirectory, "package.json"), import.meta.url]) {
    try {
      const path = createRequire(from).resolve("pyodide/package.json");
      const { version } = JSON.parse(readFileSync(path, "utf8")) as { readonly version: string };
      return { folder: dirname(path), version };
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "MODULE_NOT_FOUND")) throw error;
    }
  }
  throw new LoadError("the package pyodide is not installed; npm install pyodide", 1);
}

/** Of virtual environments: the first that is there. */
function sitePackagesOf(environments: readonly string[]): string[] {
  for (const environment of environments) {
    const lib = join(environment, "lib");
    const python = namesIn(lib).find((name) => name.startsWith("python3"));
    if (python !== undefined) return [join(lib, python, "site-packages")];
  }
  return [];
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    // There is no such environment.
    return [];
  }
}

function cacheDirectory(): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "portico");
}
