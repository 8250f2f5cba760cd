/** The arguments of a command, sorted by its table of flags; what they mean together is the command's. */
import { type ParseArgsConfig, parseArgs } from "node:util";
import { quoted } from "../log/escapes.ts";
import { UsageError } from "./errors.ts";
import { COMMANDS, type CommandName, completedFlag, type FlagTable, meaningOf } from "./flags.ts";
import type { GivenOption, GunicornOption } from "./gunicorn-options.ts";
import { longFlag, type SettingTable } from "./setting.ts";
import type { FlagSource, GivenTexts } from "./setting-sources.ts";

/** What a command can be told. */
export interface Vocabulary<Values> {
  /** As it is typed: `portico`. */
  readonly command: string;
  readonly settings: SettingTable<Values>;
  readonly flags: FlagTable<keyof Values>;
}

export interface GivenArguments<Values> {
  readonly layer: Map<keyof Values, GivenTexts>;
  readonly positionals: string[];
  /** Options of gunicorn's that are no settings. */
  readonly gunicorns: { readonly option: GunicornOption; readonly given: GivenOption }[];
  /** The first flag that asks for something other than what the command does. */
  asked?: CommandName;
}

/**
 * Reads the arguments as gunicorn's argparse does: `-w3`, `-w 3`, `--workers=3`, beginnings of long
 * flags, options after the target, and `--` before a target that begins with a dash. `source` is
 * where they stand.
 * @throws {UsageError} with one line on what is wrong.
 */
export function readArguments<Values>(
  argv: readonly string[],
  vocabulary: Vocabulary<Values>,
  source: FlagSource = "command line",
): GivenArguments<Values> {
  const given: GivenArguments<Values> = { layer: new Map(), positionals: [], gunicorns: [] };
  for (const token of tokensOf(argv, vocabulary)) {
    if (token.kind === "positional") given.positionals.push(token.value);
    if (token.kind !== "option") continue;
    const meaning = meaningOf(token.rawName, vocabulary.flags, vocabulary.command);
    if (meaning.kind === "command") return { ...given, asked: meaning.command };
    if (meaning.kind === "refused") throw new UsageError(`${token.rawName} ${meaning.because}`);
    if (meaning.kind === "gunicorn's") {
      const { option } = meaning;
      given.gunicorns.push({ option, given: givenOption(option, token) });
      continue;
    }
    const setting = vocabulary.settings[meaning.setting];
    const earlier = given.layer.get(meaning.setting)?.texts ?? [];
    given.layer.set(meaning.setting, givenTexts(setting, token, { source, earlier }));
  }
  return given;
}

/** The one application that is named, if one is. @throws {UsageError} */
export function targetOf(positionals: readonly string[], command: string): string | undefined {
  const [target, another] = positionals;
  if (target !== undefined && another !== undefined) {
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

interface Before {
  readonly source: FlagSource;
  /** What the same setting was given before. */
  readonly earlier: readonly string[];
}

function givenTexts(shape: OptionShape, token: OptionToken, before: Before): GivenTexts {
  const { origin, value } = givenOption(shape, token);
  return {
    source: { kind: before.source, flag: origin },
    texts: value === undefined ? [] : [...before.earlier, value],
  };
}

function givenOption(shape: OptionShape, token: OptionToken): GivenOption {
  const origin = token.rawName.startsWith("--") ? token.rawName : longFlag(shape);
  if (shape.metavar !== undefined) return { origin, value: givenValue(token) };
  if (token.value === undefined) return { origin };
  throw new UsageError(`${origin} takes no value, and ${quoted(token.value)} is one`);
}

/** Node's parser knows the shapes of options; full names and argparse's `-w=3` are seen to here. */
function tokensOf<Values>(argv: readonly string[], { settings, flags }: Vocabulary<Values>) {
  const table: readonly OptionShape[] = Object.values(settings);
  const gunicorns = [...flags.values()].flatMap((meaning) =>
    meaning.kind === "gunicorn's" ? [meaning.option] : [],
  );
  const end = argv.includes("--") ? argv.indexOf("--") : argv.length;
  const words = argv
    .slice(0, end)
    .map((text) => (text.startsWith("--") ? completed(text, flags) : text));
  const inFull = withPairs(words, table);
  for (const [index, text] of inFull.entries()) {
    inFull[index] = withBareValue(text, inFull[index + 1], table);
  }
  return parseArgs({
    args: [...inFull, ...argv.slice(end)],
    options: parserOptions([...table, ...Object.values(COMMANDS), ...gunicorns]),
    strict: false,
    allowPositionals: true,
    tokens: true,
  }).tokens;
}

interface OptionShape {
  readonly flags: readonly string[];
  readonly metavar?: string;
  readonly bare?: { readonly text: string; readonly isValue: (word: string) => boolean };
  readonly isPair?: true;
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

/** Nor has it flags with two values, so those are put together: `-H NAME VALUE` as `--header=NAME: VALUE`. */
function withPairs(words: readonly string[], table: readonly OptionShape[]): string[] {
  const pairs = table.filter((shape) => shape.isPair);
  const joined: string[] = [];
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? "";
    const shape = pairs.find(({ flags }) => flags.includes(word));
    if (shape === undefined) {
      joined.push(word);
      continue;
    }
    const [first, second] = words.slice(at + 1, at + 3);
    if (first === undefined || second === undefined) {
      throw new UsageError(`${word} has not its two values; write ${word} ${shape.metavar}`);
    }
    joined.push(`${longFlag(shape)}=${first}: ${second}`);
    at += 2;
  }
  return joined;
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
