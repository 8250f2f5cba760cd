/** Starts one Python process: a duplex socket on fd 3, the begun marker on fd 4. */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { Socket } from "node:net";
import { fileURLToPath } from "node:url";
import { BegunMarker } from "./begun-marker.ts";

export interface SpawnedPython {
  readonly child: ChildProcess;
  readonly socket: Socket;
  readonly marker: BegunMarker;
}

/** The worker's program, which ships inside this package. */
const MAIN = ["../../../../", "../../../"]
  .map((up) => fileURLToPath(new URL(`${up}python/src/portico/__main__.py`, import.meta.url)))
  .find((path) => existsSync(path));

export function spawnPython(
  command: string,
  directory: string,
  env: Readonly<Record<string, string | undefined>>,
): SpawnedPython {
  if (MAIN === undefined)
    throw new Error("the package is incomplete: python/src/portico is missing");
  const marker = new BegunMarker();
  const child = spawn(command, [MAIN], {
    cwd: directory,
    env,
    stdio: ["ignore", "inherit", "inherit", "pipe", marker.fd],
  });
  const socket = child.stdio[3];
  if (!(socket instanceof Socket)) throw new Error("fd 3 of a worker is no socket");
  return { child, socket, marker };
}
