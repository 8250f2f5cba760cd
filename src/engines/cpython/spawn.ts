/** Starts Python processes: a duplex socket on fd 3 of each, and on fd 4 of a worker the begun marker. */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { Socket } from "node:net";
import { tmpdir } from "node:os";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { type ProcessExit, SPAWN_FAILED } from "../../processes/worker-process.ts";
import { LoadError } from "../errors.ts";
import { BegunMarker } from "./begun-marker.ts";
import type { Bridge, PythonProcess } from "./python-process.ts";
import { Refusal } from "./refusal.ts";

/** What a Python process is started with. */
export interface Launch {
  readonly command: string;
  readonly directory: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What `command` is to run; Portico's own Python if not given. */
  readonly program?: readonly string[];
  /** For its standard input, which is empty if not given. */
  readonly input?: string;
  /** Whether it writes to this process, which passes that on, and does not hold the same files. */
  readonly isKeptFromOutput?: boolean;
}

/** No process could be made: too many files are open, or memory or a directory is missing. */
export class SpawnError extends LoadError {
  override readonly name: string = "SpawnError";
}

/** The Python program that ships inside this package; compiled files lie one folder deeper than sources. */
export const PYTHON_PROGRAM: string = ["../../../../", "../../../"]
  .map((up) => fileURLToPath(new URL(`${up}python/src/portico/__main__.py`, import.meta.url)))
  .reduce((deeper, path) => (existsSync(deeper) ? deeper : path));

/** A worker that is a child of this process. */
export class SpawnedWorker implements PythonProcess {
  readonly bridge: Promise<Bridge>;
  readonly exited: Promise<ProcessExit>;
  readonly refusal: Refusal = new Refusal();
  readonly #child: ChildProcess;
  readonly #socket: Socket;

  /** @throws {SpawnError} */
  constructor(launch: Launch, marker: BegunMarker = makeMarker(BegunMarker)) {
    try {
      const { child, socket, exited, failed } = startPython(launch, [], [marker.fd]);
      this.#child = child;
      this.#socket = socket;
      this.bridge = Promise.resolve({ socket, marker });
      this.exited = exited;
      void failed.then((why) => {
        this.refusal.text = why;
      });
    } catch (error) {
      marker.close();
      throw error;
    }
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** So far; some may be on their way. */
  protected get bytesSent(): number {
    return this.#socket.bytesWritten;
  }

  ref(): void {
    this.#child.ref();
  }

  unref(): void {
    this.#child.unref();
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** It is asked over the bridge, which is there from the start. */
  explain(): void {}
}

/** @throws {SpawnError} */
export function makeMarker<Kind extends BegunMarker>(Marker: new () => Kind): Kind {
  try {
    return new Marker();
  } catch (error) {
    throw new SpawnError(`no file can be made in ${tmpdir()}: ${error}`, 1);
  }
}

export interface StartedPython {
  readonly child: ChildProcess;
  readonly socket: Socket;
  readonly exited: Promise<ProcessExit>;
  /** Resolves with the reason if no process was made. */
  readonly failed: Promise<string>;
}

/**
 * Gives it these descriptors from 4 on.
 * @throws {SpawnError}
 */
export function startPython(
  { command, directory, env, program = [PYTHON_PROGRAM], input, isKeptFromOutput = false }: Launch,
  args: readonly string[],
  descriptors: readonly number[],
): StartedPython {
  const output = isKeptFromOutput ? "pipe" : "inherit";
  const child = spawn(command, [...program, ...args], {
    cwd: directory,
    env,
    stdio: [input === undefined ? "ignore" : "pipe", output, output, "pipe", ...descriptors],
  });
  if (isKeptFromOutput) {
    passOn(child.stdout, process.stdout);
    passOn(child.stderr, process.stderr);
  }
  // Listened for at once: an error event that nobody hears ends this process.
  const failed = new Promise<string>((resolve) => {
    child.once("error", (error) => resolve(`${command} cannot be started: ${error.message}`));
  });
  const exited = new Promise<ProcessExit>((resolve) => {
    child.once("exit", (code, signal) => resolve({ code, signal }));
    void failed.then(() => resolve({ code: SPAWN_FAILED, signal: null }));
  });
  // One that ends before it has read tells so by its end.
  child.stdin?.on("error", () => child.stdin?.destroy());
  child.stdin?.end(input);
  // Absent where the system had no descriptors left for it, whatever the types say.
  const socket = child.stdio?.[3];
  if (socket instanceof Socket) return { child, socket, exited, failed };
  throw new SpawnError(`${command} cannot be started: no file descriptors are left`, 1);
}

/** No more of it waits here than one piece. It does not keep this process alive. */
function passOn(source: Readable | null, target: Writable): void {
  if (source instanceof Socket) source.unref();
  source?.on("data", (piece: Buffer) => {
    source.pause();
    target.write(piece, () => source.resume());
  });
  // What went wrong with it shows in how the process ended.
  source?.on("error", () => source.destroy());
}
