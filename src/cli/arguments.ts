/** From a command line and an environment to what they give; it reads and changes nothing else. */
import { type ParseArgsConfig, parseArgs } from "node:util";
import { quoted } from "../log/escapes.ts";
import { commonLayer, ownLayer, unknownVariables } from "./environment-sources.ts";
import { UsageError } from "./errors.ts";
import { COMMANDS, type CommandName, completedFlag, meaningOf } from "./flags.ts";
import { GUNICORN_OPTIONS, type GunicornOption, judge } from "./gunicorn-options.ts";
import { longFlag } from "./setting.ts";
import type { EnvironmentVariables, GivenTexts, Layer } from "./setting-sources.ts";
import { SETTINGS, type SettingName } from "./settings.ts";
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

/**
 * Reads the arguments as gunicorn's argparse does: `-w3`, `-w 3`, `--workers=3`, beginnings of long
 * flags, options after the target, and `--` before a target that begins with a dash. Those of
 * GUNICORN_CMD_ARGS count less, and less than PORTICO_ variables.
 * @throws {UsageError} with one line on what is wrong.
 */
export function parseArguments(
  argv: readonly string[],
  environment: EnvironmentVariables,
): CommandLine {
  const typed = givenBy(argv, "command line");
  if ("kind" in typed) return typed;
  const inherited = givenByVariable(environment[GUNICORN_VARIABLE] ?? "");
  if ("kind" in inherited) return inherited;
  return {
    kind: "serve",
    target: typed.target(),
    above: [typed.layer, ownLayer(environment), inherited.layer],
    below: [commonLayer(environment)],
    notes: [
      ...typed.notes,
      ...inherited.notes.map((note) => `${GUNICORN_VARIABLE}: ${note}`),
      ...unknownVariables(environment),
    ],
  };
}

/** As gunicorn does, it passes over what is no option. */
function givenByVariable(text: string): GivenArguments | { readonly kind: CommandName } {
  try {
    return givenBy(shellWords(text), GUNICORN_VARIABLE);
  } catch (error) {
    if (!(error instanceof ShellWordsError || error instanceof UsageError)) throw error;
    throw new UsageError(`${GUNICORN_VARIABLE}: ${error.message}`, { cause: error });
  }
}

function givenBy(
  argv: readonly string[],
  kind: FlagSource,
): GivenArguments | { readonly kind: CommandName } {
  const given = new GivenArguments(kind);
  for (const token of tokensOf(argv)) {
    if (token.kind === "positional") given.targets.push(token.value);
    if (token.kind !== "option") continue;
    const meaning = meaningOf(token.rawName);
    if (meaning.kind === "command") return { kind: meaning.command };
    if (meaning.kind === "setting") given.addSetting(meaning.setting, token);
    else given.addGunicornOption(meaning.option, token);
  }
  return given;
}

type FlagSource = "command line" | typeof GUNICORN_VARIABLE;

interface OptionToken {
  readonly rawName: string;
  readonly value?: string | undefined;
  readonly inlineValue?: boolean | undefined;
}

class GivenArguments {
  readonly targets: string[] = [];
  readonly notes: string[] = [];
  readonly #kind: FlagSource;
  readonly #layer = new Map<SettingName, GivenTexts>();

  constructor(kind: FlagSource) {
    this.#kind = kind;
  }

  get layer(): Layer {
    return this.#layer;
  }

  addSetting(name: SettingName, token: OptionToken): void {
    const setting = SETTINGS[name];
    const flag = token.rawName.startsWith("--") ? token.rawName : longFlag(setting);
    const source = { kind: this.#kind, flag };
    if (setting.metavar !== undefined) {
      const earlier = this.#layer.get(name)?.texts ?? [];
      this.#layer.set(name, { source, texts: [...earlier, givenValue(token)] });
    } else if (token.value === undefined) {
      this.#layer.set(name, { source, texts: [] });
    } else {
      throw noValueFor(flag, token.value);
    }
  }

  addGunicornOption(option: GunicornOption, token: OptionToken): void {
    const flag = token.rawName.startsWith("--") ? token.rawName : longFlag(option);
    if (option.metavar === undefined && token.value !== undefined) {
      throw noValueFor(flag, token.value);
    }
    const value = option.metavar === undefined ? {} : { value: givenValue(token) };
    const note = judge(option, { origin: flag, ...value });
    if (note !== undefined) this.notes.push(note);
  }

  target(): string | undefined {
    const [target, another] = this.targets;
    if (target !== undefined && another !== undefined) {
      const both = `${quoted(target)} and ${quoted(another)}`;
      throw new UsageError(`two applications given, ${both}; Portico serves one`);
    }
    return target;
  }
}

function noValueFor(flag: string, value: string): UsageError {
  return new UsageError(`${flag} takes no value, and ${quoted(value)} is one`);
}

/** Node's parser knows the shapes of options; full names and argparse's `-w=3` are seen to here. */
function tokensOf(argv: readonly string[]) {
  const end = argv.includes("--") ? argv.indexOf("--") : argv.length;
  const inFull = argv.slice(0, end).map((text) => (text.startsWith("--") ? completed(text) : text));
  for (const [index, text] of inFull.entries()) {
    inFull[index] = withBareValue(text, inFull[index + 1]);
  }
  return parseArgs({
    args: [...inFull, ...argv.slice(end)],
    options: PARSER_OPTIONS,
    strict: false,
    allowPositionals: true,
    tokens: true,
  }).tokens;
}

function completed(text: string): string {
  const equals = text.indexOf("=");
  if (equals === -1) return completedFlag(text);
  return completedFlag(text.slice(0, equals)) + text.slice(equals);
}

/** Node's parser has no flags with a value that may be missing, so theirs is put in here. */
function withBareValue(text: string, next: string | undefined): string {
  const bare = Object.values(SETTINGS).find(({ flags }) => flags.includes(text))?.bare;
  if (bare === undefined || (next !== undefined && bare.isValue(next))) return text;
  return `${text}=${bare.text}`;
}

/** A value apart from its flag may begin with a dash only if it is `-` or a number, as in argparse. */
function givenValue({ rawName, value, inlineValue }: OptionToken): string {
  const isLong = rawName.startsWith("--");
  if (value === undefined || (!inlineValue && /^-[^\d]/.test(value))) {
    const example = isLong ? `${rawName}=VALUE` : `${rawName} VALUE`;
    throw new UsageError(`${rawName} has no value; write ${example}`);
  }
  return inlineValue && !isLong && value.startsWith("=") ? value.slice(1) : value;
}

const PARSER_OPTIONS: NonNullable<ParseArgsConfig["options"]> = Object.fromEntries([
  ...Object.values(SETTINGS).flatMap(({ flags, metavar }) => parserOptions(flags, metavar)),
  ...Object.values(COMMANDS).flatMap(({ flags }) => parserOptions(flags)),
  ...GUNICORN_OPTIONS.flatMap(({ flags, metavar }) => parserOptions(flags, metavar)),
]);

type ParserOption = NonNullable<ParseArgsConfig["options"]>[string];

/** Node's parser has one short flag for a long one, so the short flag goes with the first. */
function parserOptions(flags: readonly string[], metavar?: string): [string, ParserOption][] {
  const type = metavar === undefined ? "boolean" : "string";
  const short = flags.find((flag) => !flag.startsWith("--"))?.slice(1);
  const long = flags.filter((flag) => flag.startsWith("--"));
  return long.map((flag, index) => {
    const option: ParserOption = index === 0 && short !== undefined ? { type, short } : { type };
    return [flag.slice(2), option];
  });
}
