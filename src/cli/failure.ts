/** From an error to a line on standard error and an exit status. */
import { ListenError } from "../server/listeners.ts";

export interface Failure {
  readonly message: string;
  readonly exitCode: number;
  /** A traceback that the log has already. */
  readonly trace?: string;
}

/** What an error means on the command line; who carries an `exitCode` says so itself. */
export function failure(error: unknown): Failure {
  if (!(error instanceof Error)) return { message: String(error), exitCode: 1 };
  if (error instanceof ListenError) return { message: `--bind: ${error.message}`, exitCode: 1 };
  if ("exitCode" in error && typeof error.exitCode === "number") {
    const { message, exitCode } = error;
    const hasTrace = "trace" in error && typeof error.trace === "string";
    return { message, exitCode, ...(hasTrace && { trace: error.trace as string }) };
  }
  return { message: error.stack ?? error.message, exitCode: 1 };
}

/** A failure that the log has already: nobody is to be told again. */
export class LoggedFailure extends Error {
  override readonly name: string = "LoggedFailure";
  readonly exitCode: number;

  constructor(cause: unknown) {
    const { message, exitCode } = failure(cause);
    super(message, { cause });
    this.exitCode = exitCode;
  }
}
