/** The file that tells others which process the server is. */
import { readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { hasCode } from "../buffers/system-error.ts";
import { shown } from "../log/escapes.ts";
import { reasonOf } from "../log/system-reason.ts";

/** The file cannot be written, or names a server that runs. */
export class PidFileError extends Error {
  override readonly name = "PidFileError";
  readonly exitCode = 1;
}

/** What a server adds to the name while the server before it still runs, as gunicorn does. */
const OF_SUCCESSOR = ".2";

export class PidFile {
  readonly #finalPath: string;
  #path: string;

  constructor(path: string, isSuccessor: boolean) {
    this.#finalPath = path;
    this.#path = isSuccessor ? path + OF_SUCCESSOR : path;
  }

  get path(): string {
    return this.#path;
  }

  /** Writes this process's number there; the file goes when the process ends. @throws {PidFileError} */
  keep(): void {
    const path = this.#path;
    const other = numberIn(path);
    if (other !== undefined && other !== process.pid && runs(other)) {
      const remedy = "stop it, or remove the file if it is stale";
      throw new PidFileError(`--pid: ${shown(path)} names process ${other}, which runs; ${remedy}`);
    }
    // Nobody may read half a number.
    const unfinished = `${path}.${process.pid}`;
    attempt(path, "written", () => {
      try {
        // A link of this name is somebody's trap.
        rmSync(unfinished, { force: true });
        writeFileSync(unfinished, `${process.pid}\n`, { mode: 0o644, flag: "wx" });
        renameSync(unfinished, path);
      } finally {
        rmSync(unfinished, { force: true });
      }
    });
    process.once("exit", () => removeOwn(this.#path));
  }

  /** The server before has ended: its name is this one's. @throws {PidFileError} */
  takeFinalName(): void {
    attempt(this.#path, "renamed", () => renameSync(this.#path, this.#finalPath));
    this.#path = this.#finalPath;
  }
}

function attempt(path: string, what: string, write: () => void): void {
  try {
    write();
  } catch (error) {
    const problem = `${shown(path)} cannot be ${what}: ${reasonOf(error)}`;
    throw new PidFileError(`--pid: ${problem}`, { cause: error });
  }
}

function removeOwn(path: string): void {
  // Another server may have taken the name meanwhile.
  if (numberIn(path) !== process.pid) return;
  try {
    rmSync(path);
  } catch {
    empty(path);
  }
}

/** After --user the directory may be another's, though the file is not. */
function empty(path: string): void {
  try {
    truncateSync(path);
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
    return hasCode(error, "EPERM");
  }
}
