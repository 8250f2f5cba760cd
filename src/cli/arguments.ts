/** From a command line and an environment to settings and a target; it reads and changes nothing else. */
import { quoted } from "../log/escapes.ts";
import { UsageError } from "./errors.ts";
import { type CommandName, FLAGS } from "./flags.ts";
import { onlyTarget, readArguments, type Vocabulary } from "./given-arguments.ts";
import { NEEDLESS_WORKER_CLASSES } from "./gunicorn-options.ts";
import { type EnvironmentVariables, type SettledSettings, settle } from "./setting-sources.ts";
import { SETTINGS, type Settings } from "./settings.ts";

/** What a command line asks for. */
export type CommandLine =
  | { readonly kind: CommandName }
  | ({
      readonly kind: "serve";
      /** As typed; ./targets.ts says what it is. */
      readonly target: string;
      /** Lines for the log: what was accepted and has no effect. */
      readonly notes: readonly string[];
    } & SettledSettings);

const SERVING: Vocabulary<Settings> = { command: "portico", settings: SETTINGS, flags: FLAGS };

/** @throws {UsageError} with one line on what is wrong. */
export function parseArguments(
  argv: readonly string[],
  environment: EnvironmentVariables,
): CommandLine {
  const given = readArguments(argv, SERVING);
  if (given.asked !== undefined) return { kind: given.asked };
  const notes = given.workerClasses.map(noteOnWorkerClass);
  const target = onlyTarget(given.positionals, SERVING.command);
  if (environment.GUNICORN_CMD_ARGS) {
    notes.push("GUNICORN_CMD_ARGS is set; Portico does not read it yet");
  }
  return { kind: "serve", target, notes, ...settle(SETTINGS, given.texts, environment) };
}

/** @throws {UsageError} a class that Portico's workers are not */
function noteOnWorkerClass(name: string): string {
  if (!NEEDLESS_WORKER_CLASSES.includes(name)) {
    const remedy = "use --threads for more requests at a time";
    throw new UsageError(`--worker-class: Portico has no ${quoted(name)} workers; ${remedy}`);
  }
  return `--worker-class ${name} has no effect; --threads says what a worker does`;
}
