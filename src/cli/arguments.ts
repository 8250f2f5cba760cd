/** From a command line and an environment to settings and a target; it reads and changes nothing else. */
import { type ParseArgsConfig, parseArgs } from "node:util";
import { quoted } from "../log/escapes.ts";
import { UsageError } from "./errors.ts";
import { COMMANDS, type CommandName, completedFlag, meaningOf } from "./flags.ts";
import { NEEDLESS_WORKER_CLASSES, WORKER_CLASS } from "./gunicorn-options.ts";
import { longFlag } from "./setting.ts";
import {
  type EnvironmentVariables,
  type GivenTexts,
  type SettledSettings,
  settle,
} from "./setting-sources.ts";
import { SETTINGS, type SettingName } from "./settings.ts";

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

/**
 * Reads the arguments as gunicorn's argparse does: `-w3`, `-w 3`, `--workers=3`, beginnings of long
 * flags, options after the target, and `--` before a target that begins with a dash.
 * @throws {UsageError} with one line on what is wrong.
 */
export function parseArguments(
  argv: readonly string[],
  environment: EnvironmentVariables,
): CommandLine {
  const given = new GivenArguments();
  for (const token of tokensOf(argv)) {
    if (token.kind === "positional") given.targets.push(token.value);
    if (token.kind !== "option") continue;
    const meaning = meaningOf(token.rawName);
    if (meaning.kind === "command") return { kind: meaning.command };
    if (meaning.kind === "not yet") {
      throw new UsageError(`${token.rawName} is gunicorn's; Portico does not have it yet`);
    }
    if (meaning.kind === "setting") given.addSetting(meaning.setting, token);
    else given.addWorkerClass(token);
  }
  const { texts, notes } = given;
  const target = given.target();
  if (environment.GUNICORN_CMD_ARGS) {
    notes.push("GUNICORN_CMD_ARGS is set; Portico does not read it yet");
  }
  return { kind: "serve", target, notes, ...settle(texts, environment) };
}

interface OptionToken {
  readonly rawName: string;
  readonly value?: string | undefined;
  readonly inlineValue?: boolean | undefined;
}

class GivenArguments {
  readonly texts: Map<SettingName, GivenTexts> = new Map();
  readonly targets: string[] = [];
  readonly notes: string[] = [];

  addSetting(name: SettingName, token: OptionToken): void {
    const setting = SETTINGS[name];
    const flag = token.rawName.startsWith("--") ? token.rawName : longFlag(setting);
    if (setting.metavar !== undefined) {
      const earlier = this.texts.get(name)?.texts ?? [];
      this.texts.set(name, { flag, texts: [...earlier, givenValue(token)] });
    } else if (token.value === undefined) {
      this.texts.set(name, { flag, texts: [] });
    } else {
      throw new UsageError(`${flag} takes no value, and ${quoted(token.value)} is one`);
    }
  }

  addWorkerClass(token: OptionToken): void {
    const value = givenValue(token);
    if (!NEEDLESS_WORKER_CLASSES.includes(value)) {
      const remedy = "use --threads for more requests at a time";
      throw new UsageError(`--worker-class: Portico has no ${quoted(value)} workers; ${remedy}`);
    }
    this.notes.push(`--worker-class ${value} has no effect; --threads says what a worker does`);
  }

  target(): string {
    const [target, another] = this.targets;
    if (target === undefined || target === "") {
      const remedy = "name one, such as portico module:application (see portico --help)";
      throw new UsageError(`no application given; ${remedy}`);
    }
    if (another !== undefined) {
      const both = `${quoted(target)} and ${quoted(another)}`;
      throw new UsageError(`two applications given, ${both}; Portico serves one`);
    }
    return target;
  }
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
  ...parserOptions(WORKER_CLASS, "CLASS"),
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
