/** A temporary directory for what this process's tests spool, and a look into it. */

import { mkdtempSync, readdirSync, readlinkSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Sets `TMPDIR` until the process ends, when the directory goes. */
export function ownTemporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), "portico-test-"));
  process.env.TMPDIR = directory;
  process.once("exit", () => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** Named files in the directories of processes, their sockets aside. */
export function spooledIn(directory: string): readonly string[] {
  return readdirSync(directory, { recursive: true, encoding: "utf8" }).filter(
    (name) =>
      name.includes("portico-spool-") &&
      statSync(join(directory, name), { throwIfNoEntry: false })?.isFile() === true,
  );
}

/** Files of such directories that a process has open, with or without a name. */
export function spoolsOpenIn(pid: number, directory: string): readonly string[] {
  return readdirSync(`/proc/${pid}/fd`).flatMap((descriptor) => {
    try {
      const path = readlinkSync(`/proc/${pid}/fd/${descriptor}`);
      return path.startsWith(join(directory, "portico-spool-")) ? [path] : [];
    } catch {
      // Closed between the two looks.
      return [];
    }
  });
}
