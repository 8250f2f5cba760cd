/** The file that tells others which process the server is. */
import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { shown } from "../log/escapes.ts";

/** The file cannot be written, or names a server that runs. */
export class PidFileError extends Error {
  override readonly name = "PidFileError";
  readonly exitCode = 1;
}

/** Writes this process's number there; the file goes when the process ends. @throws {PidFileError} */
export function keepPidFile(path: string): void {
  const other = numberIn(path);
  if (other !== undefined && other !== process.pid && runs(other)) {
    const remedy = "stop it, or remove the file if it is stale";
    throw new PidFileError(`--pid: ${shown(path)} names process ${other}, which runs; ${remedy}`);
  }
  // Nobody may read half a number.
  const unfinished = `${path}.${process.pid}`;
  try {
    writeFileSync(unfinished, `${process.pid}\n`, { mode: 0o644 });
    renameSync(unfinished, path);
  } catch (error) {
    rmSync(unfinished, { force: true });
    const why = error instanceof Error ? error.message : String(error);
    throw new PidFileError(`--pid: it cannot be written: ${why}`, { cause: error });
  }
  process.once("exit", () => removeOwn(path));
}

function removeOwn(path: string): void {
  // Another server may have taken the name meanwhile.
  if (numberIn(path) !== process.pid) return;
  try {
    rmSync(path);
  } catch {
    // The next start sees that no such process runs.
  }
}

function numberIn(path: string): number | undefined {
  try {
    const text = readFileSync(path, "utf8").trim();
    return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
  } catch {
    // There is none, or it will not be written either, which says why.
    return undefined;
  }
}

function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
