/** Interpreters in threads of this process: CPython compiled to WebAssembly, by the `pyodide` package. */
import { once } from "node:events";
import { existsSync, readFileSync, realpathSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";
import { hasCode } from "../../buffers/system-error.ts";
import type { Logger } from "../../log/logger.ts";
import type { InterpreterQuestion } from "../cpython/interpreter.ts";
import type { InterpreterSource } from "../cpython/interpreter-source.ts";
import type { ResolvedPythonOptions } from "../cpython/python-options.ts";
import { PYTHON_PROGRAM } from "../cpython/spawn.ts";
import { LoadError } from "../errors.ts";
import { cacheDirectory, digest } from "./cache-directory.ts";
import { liesIn, namesIn } from "./directory-entries.ts";
import { InterpreterThread } from "./interpreter-thread.ts";
import { mustHoldNoLinkOut } from "./links-out.ts";
import { ensurePackages } from "./packages.ts";
import { mustHaveSoundPermissions } from "./permission-model.ts";
import { readAtBoot } from "./python-variables.ts";
import { outermost, SandboxedInterpreter } from "./sandboxed-interpreter.ts";
import { isWhole } from "./sealed-file.ts";
import type { InterpreterSettings } from "./snapshot.ts";
import { readTimeZones } from "./time-zones.ts";
import { visibleDirectories } from "./visible-directories.ts";

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
  const packages = await packagesOf(surroundings, { pyodide, program, env: everything }, version);
  const wanted: InterpreterSettings = {
    ...{ pyodide, program },
    ...visible,
    readable: packages,
    timeZones: readTimeZones(),
    // What is required goes before what happens to be there.
    sitePackages: [...packages, ...visible.sitePackages],
    files,
    memory: surroundings.interpreterMemory ?? 0,
    env,
    snapshot: snapshotPath(version, program, env),
  };
  if (sandbox) {
    mustNotReachItsWalls(wanted, folder);
    mustHoldNoLinkOut(outermost(wanted.directories), files);
    mustHoldNoLinkOut(packages, "read-only");
  }
  const settings = { ...wanted, snapshot: await ensureSnapshot(wanted, surroundings.log) };
  const command = `pyodide ${version}`;
  return {
    command,
    reason: folder,
    numbers: sandbox ? "pids" : "threads",
    start: () => (sandbox ? new SandboxedInterpreter(settings) : new InterpreterThread(settings)),
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

/** As package.json's peerDependencies say: what Portico asks of Pyodide is no public interface, in part. */
const MAJOR = "314";

/** The one found from `workingDirectory`, where one is given, or else Portico's. */
function findPackage(workingDirectory: string | undefined): FoundPackage {
  const places = workingDirectory === undefined ? [] : [join(workingDirectory, "package.json")];
  for (const from of [...places, import.meta.url]) {
    try {
      // What a sandbox may read goes by the true names.
      const path = realpathSync(createRequire(from).resolve("pyodide/package.json"));
      const { version } = JSON.parse(readFileSync(path, "utf8")) as { readonly version: string };
      const folder = dirname(path);
      if (version.split(".")[0] === MAJOR) return { folder, version };
      const what = `Portico works with pyodide ${MAJOR}, and ${folder} has ${version}`;
      throw new LoadError(`${what}; npm install pyodide@${MAJOR}`, 1);
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
      if (wall === undefined || !liesIn(wall, directory)) continue;
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

/**
 * Made once for all workers, this time and later.
 * @returns where it is; undefined where it cannot be kept, so that they start without, and slower
 */
async function ensureSnapshot(
  settings: InterpreterSettings,
  log: Logger,
): Promise<string | undefined> {
  const path = settings.snapshot;
  if (path === undefined) return undefined;
  const fault = faultOf(path);
  if (fault === "none") return path;
  if (fault === "missing") log.info(`Preparing Pyodide for this start and later ones: ${path}`);
  else log.warning(`Preparing Pyodide anew, for ${path} ${fault}`);
  try {
    const workerData = { settings, path };
    await once(new Worker(new URL("./snapshot-main.js", import.meta.url), { workerData }), "exit");
    return path;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    log.warning(
      `Each start of Pyodide takes seconds, for it cannot be prepared: ${why}; XDG_CACHE_HOME says where it is kept`,
    );
    return undefined;
  }
}

/** What keeps interpreters from starting with a snapshot. */
function faultOf(path: string): "none" | "missing" | "is damaged" | "cannot be read" {
  if (!existsSync(path)) return "missing";
  try {
    return isWhole(path) ? "none" : "is damaged";
  } catch {
    // Another user's, or a directory. Why it cannot be written either is said then.
    return "cannot be read";
  }
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
