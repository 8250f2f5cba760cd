/** From an error to a line on standard error and an exit status. */
import { ListenError } from "../server/listeners.ts";

/** What an error means on the command line; who carries an `exitCode` says so itself. */
export function failure(error: unknown): { readonly message: string; readonly exitCode: number } {
  if (!(error instanceof Error)) return { message: String(error), exitCode: 1 };
  if (error instanceof ListenError) return { message: `--bind: ${error.message}`, exitCode: 1 };
  if ("exitCode" in error && typeof error.exitCode === "number") {
    return { message: error.message, exitCode: error.exitCode };
  }
  return { message: error.stack ?? error.message, exitCode: 1 };
}
