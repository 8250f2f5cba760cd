/** What goes wrong with log files and log formats before anything is logged. */
import { reasonOf } from "./system-reason.ts";

/** A log file that cannot be opened, with the path, the reason and its code. */
export class LogFileError extends Error {
  override readonly name = "LogFileError";
  readonly path: string;
  readonly code: string;

  constructor(path: string, cause: NodeJS.ErrnoException) {
    super(`cannot open ${JSON.stringify(path)} for writing: ${reasonOf(cause)}`, { cause });
    this.path = path;
    this.code = cause.code ?? "unknown error";
  }
}

/** An access-log format that no line could be made from. */
export class AccessFormatError extends Error {
  override readonly name = "AccessFormatError";
}
