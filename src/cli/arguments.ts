/** From a command line and an environment to what they give; it reads and changes nothing else. */
import { commonLayer, ownLayer, unknownVariables } from "./environment-sources.ts";
import { UsageError } from "./errors.ts";
import { type CommandName, FLAGS } from "./flags.ts";
import {
  type GivenArguments,
  readArguments,
  targetOf,
  type Vocabulary,
} from "./given-arguments.ts";
import { judge } from "./gunicorn-options.ts";
import type { EnvironmentVariables, Layer } from "./setting-sources.ts";
import { SETTINGS, type Settings } from "./settings.ts";
import { ShellWordsError, shellWords } from "./shell-words.ts";

/** What a command line asks for. */
export type CommandLine = { readonly kind: CommandName } | ServeLine;

export interface ServeLine {
  readonly kind: "serve";
  /** As typed; ./targets.ts says what it is. A configuration file may name it too. */
  readonly target: string | undefined;
  /** What counts more than a configuration file, the weightiest first. */
  readonly above: readonly Layer[];
  /** What counts less. */
  readonly below: readonly Layer[];
  /** Lines for the log: what was accepted and has no effect. */
  readonly notes: readonly string[];
}

const GUNICORN_VARIABLE = "GUNICORN_CMD_ARGS";

const SERVING: Vocabulary<Settings> = { command: "portico", settings: SETTINGS, flags: FLAGS };

/**
 * The arguments of GUNICORN_CMD_ARGS count less than those of the command line, and less than
 * PORTICO_ variables.
 * @throws {UsageError} with one line on what is wrong.
 */
export function parseArguments(
  argv: readonly string[],
  environment: EnvironmentVariables,
): CommandLine {
  const typed = readArguments(argv, SERVING);
  if (typed.asked !== undefined) return { kind: typed.asked };
  const typedNotes = notesOn(typed);
  const target = targetOf(typed.positionals, SERVING.command);
  const inherited = inVariable(() => {
    const words = shellWords(environment[GUNICORN_VARIABLE] ?? "");
    // As gunicorn does, this passes over what is no option.
    const given = readArguments(words, SERVING, GUNICORN_VARIABLE);
    return { ...given, notes: notesOn(given) };
  });
  if (inherited.asked !== undefined) return { kind: inherited.asked };
  return {
    kind: "serve",
    target,
    above: [typed.layer, ownLayer(environment), inherited.layer],
    below: [commonLayer(environment)],
    notes: [
      ...typedNotes,
      ...inherited.notes.map((note) => `${GUNICORN_VARIABLE}: ${note}`),
      ...unknownVariables(environment),
    ],
  };
}

/** @throws {UsageError} an option asks for what Portico cannot do */
function notesOn({ gunicorns }: GivenArguments<Settings>): string[] {
  return gunicorns.flatMap(({ option, given }) => judge(option, given) ?? []);
}

/** What is wrong in the variable is said by its name. */
function inVariable<Result>(read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ShellWordsError || error instanceof UsageError)) throw error;
    throw new UsageError(`${GUNICORN_VARIABLE}: ${error.message}`, { cause: error });
  }
}
