/** Starts one Python process: a duplex socket on fd 3, the begun marker on fd 4. */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { Socket } from "node:net";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import { type ProcessExit, SPAWN_FAILED } from "../../processes/worker-process.ts";
import { LoadError } from "../errors.ts";
import { BegunMarker } from "./begun-marker.ts";

export interface SpawnedPython {
  readonly child: ChildProcess;
  readonly socket: Socket;
  readonly marker: BegunMarker;
  /** Resolves with the reason if no process was made. */
  readonly failed: Promise<Error>;
}

/** No process could be made: too many files are open, or memory or a directory is missing. */
export class SpawnError extends LoadError {
  override readonly name: string = "SpawnError";
}

/** The Python program that ships inside this package; compiled files lie one folder deeper than sources. */
export const PYTHON_PROGRAM: string = ["../../../../", "../../../"]
  .map((up) => fileURLToPath(new URL(`${up}python/src/portico/__main__.py`, import.meta.url)))
  .reduce((deeper, path) => (existsSync(deeper) ? deeper : path));

/** @throws {SpawnError} */
export function spawnPython(
  command: string,
  directory: string,
  env: Readonly<Record<string, string | undefined>>,
): SpawnedPython {
  const marker = makeMarker();
  const child = spawn(command, [PYTHON_PROGRAM], {
    cwd: directory,
    env,
    stdio: ["ignore", "inherit", "inherit", "pipe", marker.fd],
  });
  // Listened for at once: an error event that nobody hears ends this process.
  const failed = new Promise<Error>((resolve) => {
    child.once("error", resolve);
  });
  // Absent where the system had no descriptors left for it, whatever the types say.
  const socket = child.stdio?.[3];
  if (!(socket instanceof Socket)) {
    marker.close();
    throw new SpawnError(`${command} cannot be started: no file descriptors are left`, 1);
  }
  return { child, socket, marker, failed };
}

function makeMarker(): BegunMarker {
  try {
    return new BegunMarker();
  } catch (error) {
    throw new SpawnError(`no file can be made in ${tmpdir()}: ${error}`, 1);
  }
}

/** How the process ends, or that there was none. */
export function exitOf({ child, failed }: SpawnedPython): Promise<ProcessExit> {
  return new Promise((resolve) => {
    child.once("exit", (code, signal) => resolve({ code, signal }));
    void failed.then(() => resolve({ code: SPAWN_FAILED, signal: null }));
  });
}
