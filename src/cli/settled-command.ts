/** A command as it is obeyed: command line, environment and configuration file together. */
import type { ServeLine } from "./arguments.ts";
import type { ConfigFile } from "./config-file.ts";
import { MissingTargetError } from "./errors.ts";
import type { RelayedHooks } from "./gunicorn-hooks.ts";
import { type SettledSettings, settle } from "./setting-sources.ts";
import { SETTINGS } from "./settings.ts";

/** Holds a {@link SettledCommand} in the environment of a server worker, which takes it out at once. */
export const COMMAND_VARIABLE = "PORTICO_SERVER_WORKER_COMMAND";

/** Plain data, for it crosses to server workers as JSON. */
export interface SettledCommand extends SettledSettings {
  readonly target: string;
  /** Lines for the log. */
  readonly notes: readonly string[];
  /** Of a gunicorn configuration, where a server worker starts the Python workers. */
  readonly workerHooks?: RelayedHooks;
}

/** @throws {UsageError} a value is none, or nothing names an application */
export function settleCommand(line: ServeLine, file?: ConfigFile): SettledCommand {
  const between = file === undefined ? [] : [file.layer];
  const target = line.target ?? file?.target ?? "";
  if (target === "") throw new MissingTargetError("portico");
  const settled = settle(SETTINGS, [...line.above, ...between, ...line.below]);
  return { target, notes: [...line.notes, ...(file?.notes ?? [])], ...settled };
}
