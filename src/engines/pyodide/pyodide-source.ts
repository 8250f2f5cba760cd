/** Interpreters in threads of this process: CPython compiled to WebAssembly, by the `pyodide` package. */
import { once } from "node:events";
import { existsSync, readFileSync, realpathSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";
import { hasCode } from "../../buffers/system-error.ts";
import type { InterpreterQuestion } from "../cpython/interpreter.ts";
import type { InterpreterSource } from "../cpython/interpreter-source.ts";
import type { ResolvedPythonOptions } from "../cpython/python-options.ts";
import { PYTHON_PROGRAM } from "../cpython/spawn.ts";
import { LoadError } from "../errors.ts";
import { cacheDirectory, digest } from "./cache-directory.ts";
import { InterpreterThread } from "./interpreter-thread.ts";
import { mustHoldNoLinkOut } from "./links-out.ts";
import { ensurePackages } from "./packages.ts";
import { mustHaveSoundPermissions } from "./permission-model.ts";
import { readAtBoot } from "./python-variables.ts";
import { outermost, startSandboxed } from "./sandboxed-interpreter.ts";
import type { InterpreterSettings } from "./snapshot.ts";
import { namesIn, visibleDirectories } from "./visible-directories.ts";

type Surroundings = Pick<
  ResolvedPythonOptions,
  | "directory"
  | "pythonPath"
  | "env"
  | "files"
  | "mounts"
  | "sandbox"
  | "interpreterMemory"
  | "requirements"
  | "log"
>;

/** @throws {LoadError} the package is not installed, a directory cannot be seen, or what is required cannot be had */
export async function findPyodide(
  question: InterpreterQuestion,
  surroundings: Surroundings,
): Promise<InterpreterSource> {
  const { files = "read-write", sandbox = false } = surroundings;
  if (sandbox) mustHaveSoundPermissions(process.versions.node);
  const { folder, version } = findPackage(sandbox ? undefined : question.workingDirectory);
  const program = dirname(dirname(PYTHON_PROGRAM));
  const pyodide = pathToFileURL(join(folder, "pyodide.mjs")).href;
  const everything = definedOnly({ ...process.env, ...surroundings.env });
  const env = sandbox ? surroundings.env : everything;
  const visible = visibleDirectories({ ...question, ...surroundings, env });
  const readable = await packagesOf(surroundings, { pyodide, program, env: everything }, version);
  const settings: InterpreterSettings = {
    ...{ pyodide, program, readable },
    ...visible,
    // What is required goes before what happens to be there.
    sitePackages: [...readable, ...visible.sitePackages],
    files,
    memory: surroundings.interpreterMemory ?? 0,
    env,
    snapshot: snapshotPath(version, program, env),
  };
  if (sandbox) {
    mustNotReachItsWalls(settings, folder);
    mustHoldNoLinkOut(outermost(settings.directories), files);
  }
  await ensureSnapshot(settings);
  const command = `pyodide ${version}`;
  return {
    command,
    reason: folder,
    numbers: sandbox ? "pids" : "threads",
    start: () => (sandbox ? startSandboxed(settings) : new InterpreterThread(settings)),
  };
}

/** Of the requirements file, where one is named. */
async function packagesOf(
  { requirements, log }: Surroundings,
  interpreter: Pick<InterpreterSettings, "pyodide" | "program" | "env">,
  version: string,
): Promise<string[]> {
  if (requirements === undefined) return [];
  return [await ensurePackages({ requirements, version, interpreter, log })];
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
      // What a sandbox may read goes by the true names.
      const path = realpathSync(createRequire(from).resolve("pyodide/package.json"));
      const { version } = JSON.parse(readFileSync(path, "utf8")) as { readonly version: string };
      return { folder: dirname(path), version };
    } catch (error) {
      if (!hasCode(error, "MODULE_NOT_FOUND")) throw error;
    }
  }
  const where = workingDirectory === undefined ? " beside Portico, as a sandbox needs it" : "";
  throw new LoadError(`the package pyodide is not installed${where}; npm install pyodide`, 1);
}

/** What a sandbox is made of must not be the application's to change, or the next start lets it out. */
function mustNotReachItsWalls(settings: InterpreterSettings, pyodide: string): void {
  if (settings.files === "read-only") return;
  const { program, snapshot } = settings;
  const walls = [
    ...[fileURLToPath(import.meta.url), pyodide, program, snapshot],
    ...[process.execPath, ...startedBy(process.argv[1])],
  ];
  for (const directory of settings.directories)
    for (const wall of walls) {
      if (!wall?.startsWith(join(directory, "/"))) continue;
      const remedy = "give --files read-only, or a directory of its own to the application";
      const why = `a sandboxed application could change ${wall}, which lies in ${directory}`;
      throw new LoadError(`${why}; ${remedy}`, 2);
    }
}

/** What this process was started by: where that is a link, as `npx` has it, the next start follows it again. */
function startedBy(path: string | undefined): string[] {
  if (path === undefined || !existsSync(path)) return [];
  return [path, join(realpathSync(dirname(path)), basename(path))];
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

/**
 * One of each installation, and of each V8, whose features decide how WebAssembly is laid out: another
 * version of its Python takes the place of the one before. None where `env` says how Python is to start.
 */
function snapshotPath(
  version: string,
  program: string,
  env: Record<string, string>,
): string | undefined {
  if (Object.keys(readAtBoot(env)).length > 0) return undefined;
  const folder = join(program, "portico");
  const names = namesIn(folder).filter((name) => name.endsWith(".py"));
  const texts = names.sort().map((name) => name + readFileSync(join(folder, name), "latin1"));
  const v8 = process.versions.v8.split(".", 2).join(".");
  const name = ["pyodide", version, `v8.${v8}`, digest([folder]), digest(texts)].join("-");
  return join(cacheDirectory(process.env), `${name}.memory`);
}
