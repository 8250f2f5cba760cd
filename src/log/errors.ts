/** What goes wrong with log files and log formats before anything is logged. */
import { getSystemErrorMap } from "node:util";

/** A log file that cannot be opened, with the path, the reason and its code. */
export class LogFileError extends Error {
  override readonly name = "LogFileError";
  readonly path: string;
  readonly code: string;

  constructor(path: string, cause: NodeJS.ErrnoException) {
    const code = cause.code ?? "unknown error";
    const reason = getSystemErrorMap().get(cause.errno ?? 0)?.[1] ?? cause.message;
    super(`cannot open ${JSON.stringify(path)} for writing: ${reason} (${code})`, { cause });
    this.path = path;
    this.code = code;
  }
}

/** An access-log format that no line could be made from. */
export class AccessFormatError extends Error {
  override readonly name = "AccessFormatError";
}
