/** What JavaScript does for the Python of one interpreter, wherever that runs. */
import { writeSync } from "node:fs";
import type { PyodideAPI } from "pyodide";
import type { PyBuffer } from "pyodide/ffi";
import { keyDerivation } from "./key-derivation.ts";
import { limitMemory } from "./memory-limit.ts";
import { nameRefusals, refuseWriting } from "./read-only.ts";
import { runPython } from "./run-python.ts";
import { memoryOf, SharedRooms } from "./shared-rooms.ts";
import { type InterpreterSettings, loadInterpreter, showDirectory } from "./snapshot.ts";

/** How one interpreter and its gateway reach one another. */
export interface Line {
  /** The next bytes; undefined where there are none and nobody waits, empty at the end. */
  receive(isToWait: boolean): Uint8Array | undefined;
  /** The bytes are this function's to keep. */
  send(bytes: Uint8Array<ArrayBuffer>): void;
  /**
   * Writes the begun marker (spec/bridge.md): the stream that begins now; and the bytes of memory that
   * the interpreter has.
   * @returns the last stream that may be begun, read after that
   */
  begin(streamId: number, memoryBytes: number): number;
  /** Called when the interpreter is loaded and has run nothing of the application's. */
  readonly beforeApplication?: () => void;
  /** The signal that Python is to take while a request runs, or 0: it looks, and sets it to 0. */
  readonly interrupt: { [index: number]: number };
  /** Waits so long, or less: no longer than until there is a signal. */
  rest(milliseconds: number): void;
}

/** Loads the interpreter and serves with it; ends the thread, or the process, that it is called in. */
export async function runInterpreter(settings: InterpreterSettings, line: Line): Promise<never> {
  limitMemory(settings.memory);
  const python = await loadInterpreter(settings);
  nameRefusals(python.FS);
  const { program, directories, readable, files } = settings;
  // Not in all that it sees: a request's body may be a file, which Python takes away.
  refuseWriting(python.FS, [program, ...readable, ...(files === "read-only" ? directories : [])]);
  connectStreams(python);
  // Pyodide reads and writes its first item alone.
  python.setInterruptBuffer(line.interrupt as Uint8Array);
  line.beforeApplication?.();
  addSitePackages(python, settings.sitePackages);
  const main: unknown = python.pyimport("portico.interpreter_thread").main;
  if (typeof main !== "function") throw new Error("portico.interpreter_thread has no main");
  main(hostOf(python, line), `pyodide ${python.version}`);
  process.exit(0);
}

/** What `interpreter_thread.py` calls a host, with its names. */
function hostOf(python: PyodideAPI, line: Line) {
  const rooms = new SharedRooms(python, line);
  return {
    share: (incoming: PyBuffer, outgoing: PyBuffer) => rooms.share(incoming, outgoing),
    receive: (isToWait: boolean, size: number) => rooms.receive(isToWait, size),
    send: (size: number) => rooms.send(size),
    begin: (streamId: number) => line.begin(streamId, memoryOf(python).length),
    show: (directory: string) => showDirectory(python, directory),
    exit: (status: number) => process.exit(status),
    sleep: (milliseconds: number) => {
      line.rest(milliseconds);
      // Runs the handler of a signal that has come, which may raise what the sleeper then gets.
      python.checkInterrupt();
    },
    ...keyDerivation,
  };
}

function connectStreams(python: PyodideAPI): void {
  // A thread's own streams go through the event loop of the process, which may be busy or ending.
  python.setStdout({ write: (bytes: Uint8Array) => writeSync(1, bytes), isatty: false });
  python.setStderr({ write: (bytes: Uint8Array) => writeSync(2, bytes), isatty: false });
}

/** With their `.pth` files, as an editable installation has one: a part of the application. */
function addSitePackages(python: PyodideAPI, paths: readonly string[]): void {
  runPython(python, "import site\nfor path in paths: site.addsitedir(path)", { paths });
}
