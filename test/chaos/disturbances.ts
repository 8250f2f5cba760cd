/** What happens to a server in production sooner or later, here within seconds. */
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Random } from "../fuzz/random.ts";

export interface Disturbed {
  /** Where the application is imported from. */
  readonly directory: string;
  /** The processes that run it, as they are now. */
  readonly workers: readonly number[];
  /** Where temporary files go, as the test sees it. */
  readonly disk: string;
  signal(signal: NodeJS.Signals): void;
}

export type Disturbance = (disturbed: Disturbed, random: Random) => void;

const MOST_SECONDS_TO_IMPORT = 1.5;
const FILLER_BYTES = 64 * 1024 * 1024;

export const DISTURBANCES: Readonly<Record<string, Disturbance>> = {
  "kill -9": (disturbed, random) => toOne(disturbed, random, "SIGKILL"),
  "kill -TERM": (disturbed, random) => toOne(disturbed, random, "SIGTERM"),
  stopped: (disturbed, random) => toOne(disturbed, random, "SIGSTOP"),
  continued: ({ workers }) => {
    for (const pid of workers) send(pid, "SIGCONT");
  },
  reload: ({ signal }) => signal("SIGHUP"),
  more: ({ signal }) => signal("SIGTTIN"),
  fewer: ({ signal }) => signal("SIGTTOU"),
  "slow import": ({ directory, signal }, random) => {
    const seconds = (random.below(10) / 10) * MOST_SECONDS_TO_IMPORT;
    writeFileSync(join(directory, "slow"), String(seconds));
    signal("SIGHUP");
  },
  "broken code": ({ directory, signal }) => {
    writeFileSync(join(directory, "broken"), "");
    signal("SIGHUP");
  },
  "mended code": (disturbed) => {
    mend(disturbed);
    disturbed.signal("SIGHUP");
  },
  "full disk": ({ disk }) => {
    try {
      writeFileSync(join(disk, "filler"), Buffer.alloc(FILLER_BYTES));
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "ENOSPC")) throw error;
    }
  },
  "disk with room": ({ disk }) => rmSync(join(disk, "filler"), { force: true }),
};

export const LOADS_ANEW: ReadonlySet<string> = new Set([
  ...["reload", "slow import", "broken code", "mended code"],
]);

/** As before any of them; workers that are stopped go on. */
export function mend({ directory, disk, workers }: Disturbed): void {
  for (const name of ["slow", "broken"]) rmSync(join(directory, name), { force: true });
  rmSync(join(disk, "filler"), { force: true });
  for (const pid of workers) send(pid, "SIGCONT");
}

function toOne({ workers }: Disturbed, random: Random, signal: NodeJS.Signals): void {
  if (workers.length > 0) send(random.pick(workers), signal);
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended by itself meanwhile.
  }
}
