/** A disk of a run's own, so small that it can be filled. */
import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";

const SIZE = "6m";

/** Sees the disk at the place that is told first, and then becomes the program that is told. */
const SCRIPT = `mount -t tmpfs -o size=${SIZE} none "$1" && shift && exec "$@"`;

export interface SmallDisk {
  /** Where it is, for what is started through {@link through}. */
  readonly directory: string;
  readonly through: readonly string[];
  /** Where others find it while the process runs. */
  seenBeside(pid: number): string;
}

/** Undefined where this user may mount nothing, in no namespace of its own either. */
export function smallDisk(parent: string): SmallDisk | undefined {
  const directory = join(parent, "disk");
  mkdirSync(directory);
  const through = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", SCRIPT, "sh"];
  const [program = "", ...args] = [...through, directory, "true"];
  if (spawnSync(program, args).status !== 0) return undefined;
  return {
    directory,
    through: [...through, directory],
    seenBeside: (pid) => `/proc/${pid}/root${directory}`,
  };
}
