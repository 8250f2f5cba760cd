/** The arguments of a command, sorted by its table of flags; what they mean together is the command's. */
import { type ParseArgsConfig, parseArgs } from "node:util";
import { quoted } from "../log/escapes.ts";
import { UsageError } from "./errors.ts";
import { COMMANDS, type CommandName, completedFlag, type FlagTable, meaningOf } from "./flags.ts";
import { WORKER_CLASS } from "./gunicorn-options.ts";
import { longFlag, type SettingTable } from "./setting.ts";
import type { GivenTexts } from "./setting-sources.ts";

/** What a command can be told. */
export interface Vocabulary<Values> {
  /** As it is typed: `portico`. */
  readonly command: string;
  readonly settings: SettingTable<Values>;
  readonly flags: FlagTable<keyof Values>;
}

export interface GivenArguments<Values> {
  readonly texts: Map<keyof Values, GivenTexts>;
  readonly positionals: string[];
  /** The values of `--worker-class`, which is no setting. */
  readonly workerClasses: string[];
  /** The first flag that asks for something other than what the command does. */
  asked?: CommandName;
}

/**
 * Reads the arguments as gunicorn's argparse does: `-w3`, `-w 3`, `--workers=3`, beginnings of long
 * flags, options after the target, and `--` before a target that begins with a dash.
 * @throws {UsageError} with one line on what is wrong.
 */
export function readArguments<Values>(
  argv: readonly string[],
  vocabulary: Vocabulary<Values>,
): GivenArguments<Values> {
  const given: GivenArguments<Values> = { texts: new Map(), positionals: [], workerClasses: [] };
  for (const token of tokensOf(argv, vocabulary)) {
    if (token.kind === "positional") given.positionals.push(token.value);
    if (token.kind !== "option") continue;
    const meaning = meaningOf(token.rawName, vocabulary.flags, vocabulary.command);
    if (meaning.kind === "command") return { ...given, asked: meaning.command };
    if (meaning.kind === "refused") throw new UsageError(`${token.rawName} ${meaning.because}`);
    if (meaning.kind === "worker class") given.workerClasses.push(givenValue(token));
    else addSetting(given.texts, meaning.setting, vocabulary.settings, token);
  }
  return given;
}

/** The one application that is named. @throws {UsageError} */
export function onlyTarget(positionals: readonly string[], command: string): string {
  const [target, another] = positionals;
  if (target === undefined || target === "") {
    const remedy = `name one, such as ${command} module:application (see ${command} --help)`;
    throw new UsageError(`no application given; ${remedy}`);
  }
  if (another !== undefined) {
    const both = `${quoted(target)} and ${quoted(another)}`;
    throw new UsageError(`two applications given, ${both}; ${command} takes one`);
  }
  return target;
}

interface OptionToken {
  readonly rawName: string;
  readonly value?: string | undefined;
  readonly inlineValue?: boolean | undefined;
}

function addSetting<Values>(
  given: Map<keyof Values, GivenTexts>,
  name: keyof Values,
  table: SettingTable<Values>,
  token: OptionToken,
): void {
  const setting = table[name];
  const flag = token.rawName.startsWith("--") ? token.rawName : longFlag(setting);
  if (setting.metavar !== undefined) {
    const earlier = given.get(name)?.texts ?? [];
    given.set(name, { flag, texts: [...earlier, givenValue(token)] });
  } else if (token.value === undefined) {
    given.set(name, { flag, texts: [] });
  } else {
    throw new UsageError(`${flag} takes no value, and ${quoted(token.value)} is one`);
  }
}

/** Node's parser knows the shapes of options; full names and argparse's `-w=3` are seen to here. */
function tokensOf<Values>(argv: readonly string[], { settings, flags }: Vocabulary<Values>) {
  const table: readonly OptionShape[] = Object.values(settings);
  const end = argv.includes("--") ? argv.indexOf("--") : argv.length;
  const inFull = argv
    .slice(0, end)
    .map((text) => (text.startsWith("--") ? completed(text, flags) : text));
  for (const [index, text] of inFull.entries()) {
    inFull[index] = withBareValue(text, inFull[index + 1], table);
  }
  return parseArgs({
    args: [...inFull, ...argv.slice(end)],
    options: parserOptions([
      ...table,
      ...Object.values(COMMANDS),
      { flags: WORKER_CLASS, metavar: "CLASS" },
    ]),
    strict: false,
    allowPositionals: true,
    tokens: true,
  }).tokens;
}

interface OptionShape {
  readonly flags: readonly string[];
  readonly metavar?: string;
  readonly bare?: { readonly text: string; readonly isValue: (word: string) => boolean };
}

function completed<Name>(text: string, flags: FlagTable<Name>): string {
  const equals = text.indexOf("=");
  if (equals === -1) return completedFlag(text, flags);
  return completedFlag(text.slice(0, equals), flags) + text.slice(equals);
}

/** Node's parser has no flags with a value that may be missing, so theirs is put in here. */
function withBareValue(
  text: string,
  next: string | undefined,
  table: readonly OptionShape[],
): string {
  const bare = table.find(({ flags }) => flags.includes(text))?.bare;
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

type ParserOption = NonNullable<ParseArgsConfig["options"]>[string];

/** Node's parser has one short flag for a long one, so the short flag goes with the first. */
function parserOptions(shapes: readonly OptionShape[]): Record<string, ParserOption> {
  const entries = shapes.flatMap(({ flags, metavar }) => {
    const type = metavar === undefined ? ("boolean" as const) : ("string" as const);
    const short = flags.find((flag) => !flag.startsWith("--"))?.slice(1);
    const long = flags.filter((flag) => flag.startsWith("--"));
    return long.map((flag, index): [string, ParserOption] => [
      flag.slice(2),
      index === 0 && short !== undefined ? { type, short } : { type },
    ]);
  });
  return Object.fromEntries(entries);
}
