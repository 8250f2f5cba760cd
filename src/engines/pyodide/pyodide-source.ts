/** Interpreters in threads of this process: CPython compiled to WebAssembly, by the `pyodide` package. */
import { createHash } from "node:crypto";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, realpathSync } from "node:fs";
import { createRequire } from "node:module";
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";
import type { InterpreterQuestion } from "../cpython/interpreter.ts";
import type { InterpreterSource } from "../cpython/interpreter-source.ts";
import type { ResolvedPythonOptions } from "../cpython/python-options.ts";
import { PYTHON_PROGRAM } from "../cpython/spawn.ts";
import { LoadError } from "../errors.ts";
import { InterpreterThread } from "./interpreter-thread.ts";
import { startSandboxed } from "./sandboxed-interpreter.ts";
import type { InterpreterSettings } from "./snapshot.ts";

type Surroundings = Pick<
  ResolvedPythonOptions,
  "directory" | "pythonPath" | "env" | "files" | "mounts" | "sandbox" | "interpreterMemory"
>;

/** @throws {LoadError} the package is not installed */
export async function findPyodide(
  { virtualEnv, applicationDirectories, workingDirectory }: InterpreterQuestion,
  surroundings: Surroundings,
): Promise<InterpreterSource> {
  const {
    directory,
    pythonPath,
    files = "read-write",
    mounts = [],
    sandbox = false,
  } = surroundings;
  const { folder, version } = findPackage(sandbox ? undefined : workingDirectory);
  const sitePackages = sitePackagesOf([
    ...(virtualEnv ? [virtualEnv] : []),
    ...applicationDirectories.flatMap((each) => [join(each, ".venv"), join(each, "venv")]),
  ]);
  const program = dirname(dirname(PYTHON_PROGRAM));
  const env = sandbox ? surroundings.env : definedOnly({ ...process.env, ...surroundings.env });
  const settings: InterpreterSettings = {
    pyodide: pathToFileURL(join(folder, "pyodide.mjs")).href,
    program,
    directories: [
      ...applicationDirectories,
      directory,
      ...[...pythonPath, ...mounts].map((path) => resolve(path)),
      ...sitePackages,
    ],
    sitePackages,
    files,
    memory: surroundings.interpreterMemory ?? 0,
    env,
    // A snapshot has the seed of hashes in it: who wants another starts without.
    snapshot: env.PYTHONHASHSEED === undefined ? snapshotPath(version, program) : undefined,
  };
  if (sandbox) mustNotReachItsWalls(settings, folder);
  await ensureSnapshot(settings);
  const command = `pyodide ${version}`;
  return {
    command,
    reason: folder,
    start: () => (sandbox ? startSandboxed(settings) : new InterpreterThread(settings)),
  };
}

interface FoundPackage {
  readonly folder: string;
  readonly version: string;
}

/** The one found from `workingDirectory`, where one is given, or else Portico's. */
function findPackage(workingDirectory: string | undefined): FoundPackage {
  const places = workingDirectory === undefined ? [] : [join(workingDirectory, "package.json")];
  for (const from of [...places, import.meta.url]) {
    try {
      // Not all of Node.js 20's ways give the path that a module is loaded from.
      const path = realpathSync(createRequire(from).resolve("pyodide/package.json"));
      const { version } = JSON.parse(readFileSync(path, "utf8")) as { readonly version: string };
      return { folder: dirname(path), version };
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "MODULE_NOT_FOUND"))
        throw error;
    }
  }
  const where = workingDirectory === undefined ? " beside Portico, as a sandbox needs it" : "";
  throw new LoadError(`the package pyodide is not installed${where}; npm install pyodide`, 1);
}

/** What a sandbox is made of must not be the application's to change, or the next start lets it out. */
function mustNotReachItsWalls(settings: InterpreterSettings, pyodide: string): void {
  if (settings.files === "read-only") return;
  const walls = [fileURLToPath(import.meta.url), pyodide, settings.program, settings.snapshot];
  for (const directory of settings.directories.filter(existsSync).map((each) => realpathSync(each)))
    for (const wall of walls) {
      if (!wall?.startsWith(join(directory, "/"))) continue;
      const remedy = "give --files read-only, or a directory of its own to the application";
      const why = `a sandboxed application could change ${wall}, which lies in ${directory}`;
      throw new LoadError(`${why}; ${remedy}`, 2);
    }
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

/** Once for all workers, this time and later; where it cannot be kept, they start without, and slower. */
async function ensureSnapshot(settings: InterpreterSettings): Promise<void> {
  const path = settings.snapshot;
  if (path === undefined || existsSync(path)) return;
  const maker = new Worker(new URL("./snapshot-main.js", import.meta.url), {
    workerData: { settings, path },
  });
  maker.once("error", () => maker.terminate());
  await once(maker, "exit");
}

function definedOnly(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

/** One of each installation: another version of its Python takes the place of the one before. */
function snapshotPath(version: string, program: string): string {
  const folder = join(program, "portico");
  const names = namesIn(folder).filter((name) => name.endsWith(".py"));
  const texts = names.sort().map((name) => name + readFileSync(join(folder, name), "latin1"));
  const name = ["pyodide", version, digest([folder]), digest(texts)].join("-");
  return join(cacheDirectory(), `${name}.memory`);
}

function digest(texts: readonly string[]): string {
  const hash = createHash("sha256");
  for (const text of texts) hash.update(text);
  return hash.digest("hex").slice(0, 12);
}

function cacheDirectory(): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "portico");
}
