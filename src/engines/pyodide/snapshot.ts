/** Loads the interpreter: from what its memory once was after loading, where that is kept. */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { loadPyodide, PyodideAPI } from "pyodide";
import type { ThreadData } from "./thread-data.ts";

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

type Settings = Pick<ThreadData, "pyodide" | "program" | "directories" | "env" | "snapshot">;

export async function loadInterpreter(settings: Settings): Promise<PyodideAPI> {
  // The package's own types say what its module has.
  const pyodide = (await import(settings.pyodide)) as Pyodide;
  const { env, snapshot } = settings;
  const options = { env: { ...env }, fullStdLib: false };
  if (snapshot !== undefined && existsSync(snapshot)) {
    const python = await pyodide.loadPyodide({ ...options, _loadSnapshot: readFileSync(snapshot) });
    mountDirectories(python, settings);
    takeEnvironment(python, env);
    return python;
  }
  const python = await pyodide.loadPyodide({ ...options, _makeSnapshot: snapshot !== undefined });
  mountDirectories(python, settings);
  prepare(python, settings.program);
  if (snapshot !== undefined) keep(python.makeMemorySnapshot(), snapshot);
  return python;
}

function mountDirectories(python: PyodideAPI, { program, directories }: Settings): void {
  for (const directory of [program, ...directories]) showDirectory(python, directory);
}

/** Python sees it under its own name, unless it lies below one that it sees. */
export function showDirectory(python: PyodideAPI, directory: string): void {
  if (!python.FS.analyzePath(directory).exists) python.mountNodeFS(directory, directory);
}

function prepare(python: PyodideAPI, program: string): void {
  const locals = python.toPy({ program });
  python.runPython(PREPARE, { locals });
  locals.destroy();
}

/** The snapshot has that of the process which made it. */
function takeEnvironment(python: PyodideAPI, env: Readonly<Record<string, string>>): void {
  const locals = python.toPy({ env });
  python.runPython("import os; os.environ.clear(); os.environ.update(env)", { locals });
  locals.destroy();
}

/** Written under another name first: whoever finds it finds all of it. */
function keep(memory: Uint8Array, path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const whileWritten = `${path}.${process.pid}-${Date.now()}`;
  try {
    writeFileSync(whileWritten, memory, { mode: 0o600 });
    renameSync(whileWritten, path);
  } catch {
    // A full disk: the next start takes as long as this one, and nothing is lost.
    rmSync(whileWritten, { force: true });
  }
}
