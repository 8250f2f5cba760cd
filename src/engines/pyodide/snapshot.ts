/** Loads the interpreter: from what its memory once was after loading, where that is kept. */
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { threadId } from "node:worker_threads";
import type { loadPyodide, PyodideAPI } from "pyodide";
import type { FileAccess } from "../cpython/python-options.ts";
import { readAtBoot } from "./python-variables.ts";
import { runPython } from "./run-python.ts";
import { readSealed, writeSealed } from "./sealed-file.ts";
import { giveTimeZones, type TimeZones } from "./time-zones.ts";
import { ITS_OWN } from "./visible-directories.ts";

interface Pyodide {
  readonly loadPyodide: typeof loadPyodide;
}

/** Of Portico's own Python, and of the library, what every worker needs. */
const PREPARE = `
import sys
sys.path.insert(0, program)
import portico.interpreter_thread, portico.lint
import pyodide.ffi, traceback, wsgiref, urllib.parse, http, email, html, json, logging, datetime
sys.path.remove(program)
`;

const TAKE_ENVIRONMENT = `
import os, sys
os.environ.clear()
os.environ.update(env)
sys.dont_write_bytecode = bool(env.get("PYTHONDONTWRITEBYTECODE"))
sys.path[:0] = search_path
`;

export interface InterpreterSettings {
  /** The module of the `pyodide` package, as a URL. */
  readonly pyodide: string;
  /** Portico's own Python. */
  readonly program: string;
  /** Directories that Python sees under the same names. */
  readonly directories: readonly string[];
  /** Those that it sees, too, and that nothing in it can change. */
  readonly readable: readonly string[];
  /** Whether files in `directories` can be changed. */
  readonly files: FileAccess;
  /** Bytes that the interpreter may have; 0 for no limit but WebAssembly's own. */
  readonly memory: number;
  /** For Python's module search path, before its own: that of `PYTHONPATH`. */
  readonly searchPath: readonly string[];
  /** For the same, behind its own, with what their `.pth` files say. */
  readonly sitePackages: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly timeZones: TimeZones;
  /** Where the memory of a fresh interpreter is kept; undefined: nowhere. */
  readonly snapshot: string | undefined;
}

export async function loadInterpreter(settings: InterpreterSettings): Promise<PyodideAPI> {
  const { snapshot } = settings;
  const memory = snapshot !== undefined && existsSync(snapshot) ? readSealed(snapshot) : undefined;
  const python = await loadFresh(settings, memory === undefined ? {} : { _loadSnapshot: memory });
  mountDirectories(python, settings);
  if (memory === undefined) prepare(python, settings.program);
  takeEnvironment(python, settings);
  giveTimeZones(python, settings.timeZones);
  return python;
}

/**
 * Makes the snapshot that {@link loadInterpreter} then finds.
 * @throws the directory cannot be written to, or the disk is full
 */
export async function makeSnapshot(settings: InterpreterSettings, path: string): Promise<void> {
  const folder = dirname(path);
  // Where it cannot be kept, that is known before it is made.
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  accessSync(folder, constants.W_OK);
  const python = await loadFresh(settings, { _makeSnapshot: true });
  showDirectory(python, settings.program);
  prepare(python, settings.program);
  keep(python.makeMemorySnapshot(), path);
}

/** One that sees no directory of the system yet. */
export async function loadFresh(
  { pyodide, env }: Pick<InterpreterSettings, "pyodide" | "env">,
  more: Parameters<typeof loadPyodide>[0],
): Promise<PyodideAPI> {
  // The package's own types say what its module has.
  const { loadPyodide: start } = (await import(pyodide)) as Pyodide;
  // Said, since the package would look for itself in a stack trace, which source maps change.
  const indexURL = dirname(fileURLToPath(pyodide));
  return await start({ indexURL, env: readAtBoot(env), fullStdLib: false, ...more });
}

function mountDirectories(
  python: PyodideAPI,
  { program, directories, readable }: InterpreterSettings,
): void {
  for (const directory of [program, ...readable, ...directories]) showDirectory(python, directory);
}

/** Python sees it under its own name, unless it lies below one that it sees. */
export function showDirectory({ FS }: PyodideAPI, directory: string): void {
  const { NODEFS } = FS.filesystems;
  // What is there may have been made on the way to one that lies in it.
  const isSeen = FS.analyzePath(directory).object?.mount.type === NODEFS;
  if (isSeen || ITS_OWN.includes(directory)) return;
  FS.mkdirTree(directory);
  FS.mount(NODEFS, { root: directory }, directory);
}

function prepare(python: PyodideAPI, program: string): void {
  runPython(python, PREPARE, { program });
}

/** Given when all of it can be seen, and not to what a snapshot is made of: that is for all. */
function takeEnvironment(
  python: PyodideAPI,
  { env, searchPath }: Pick<InterpreterSettings, "env" | "searchPath">,
): void {
  runPython(python, TAKE_ENVIRONMENT, { env, search_path: searchPath });
}

/** Written under another name first: whoever finds it finds all of it. */
function keep(memory: Uint8Array, path: string): void {
  // Two engines of one process may make it at the same time.
  const whileWritten = `${path}.${process.pid}.${threadId}`;
  try {
    writeSealed(whileWritten, memory);
    renameSync(whileWritten, path);
    removeOlder(path);
  } finally {
    rmSync(whileWritten, { force: true });
  }
}

/** What the same installation has left, whose name is the same up to what its Python says. */
function removeOlder(path: string): void {
  const folder = dirname(path);
  const own = basename(path);
  const prefix = own.slice(0, own.lastIndexOf("-") + 1);
  for (const name of readdirSync(folder)) {
    if (name !== own && name.startsWith(prefix) && name.endsWith(".memory"))
      rmSync(join(folder, name));
  }
}
