/** Patterns, `/users/<int:id>`, taken apart: what a route is matched by, and what its URLs are made of. */
import type { Converter, ConverterTable } from "./converter.ts";
import { parseConverterArguments } from "./converter-arguments.ts";
import { CONVERTERS } from "./converters.ts";
import { RouteError } from "./errors.ts";

export type Token =
  | { readonly kind: "slash" }
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "parameter"; readonly parameter: Parameter };

export interface Parameter {
  readonly name: string;
  /** As in the pattern. */
  readonly source: string;
  /** Without its name: the same where the same texts are matched. */
  readonly type: string;
  /** The source of a RegExp. */
  readonly regex: string;
  /** The same, anchored at both ends. */
  readonly whole: RegExp;
  readonly weight: number;
  readonly spansSegments: boolean;
  readonly toValue: (text: string) => unknown;
  readonly toUrl: (value: unknown) => string;
}

// The arguments, `.*?`, end at the first bracket behind which a name and ">" stand.
const TOKEN =
  /(?<slash>\/)|(?<text>[^</]+)|<(?:(?<converter>[A-Za-z_]\w*)(?:\((?<args>.*?)\))?:)?(?<name>[A-Za-z_]\w*)>/gsy;

type Groups = Readonly<Record<string, string | undefined>>;

/** @throws {RouteError} naming the pattern, and what of it cannot be */
export function parsePattern(pattern: string, own: ConverterTable): readonly Token[] {
  const tokens: Token[] = [];
  let end = 0;
  for (const { 0: source, groups = {} } of pattern.matchAll(TOKEN)) {
    tokens.push(tokenOf(source, groups, pattern, own));
    end += source.length;
  }
  if (end < pattern.length) {
    const rest = quoted(pattern.slice(end));
    throw new RouteError(
      `${quoted(pattern)} cannot be read from ${rest} on: a parameter is <name> or <converter:name>`,
    );
  }
  return tokens;
}

export function parametersOf(tokens: readonly Token[]): readonly Parameter[] {
  return tokens.flatMap((token) => (token.kind === "parameter" ? [token.parameter] : []));
}

function tokenOf(source: string, groups: Groups, pattern: string, own: ConverterTable): Token {
  const { slash, text } = groups;
  if (slash !== undefined) return { kind: "slash" };
  if (text !== undefined) return { kind: "text", text };
  try {
    return { kind: "parameter", parameter: parameterOf(source, groups, own) };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new RouteError(`${source} in ${quoted(pattern)}: ${why}`, { cause: error });
  }
}

function parameterOf(source: string, groups: Groups, own: ConverterTable): Parameter {
  const { name = "", converter: kind = "default", args = "" } = groups;
  const converter = converterNamed(kind, args, own);
  const regex = typeof converter.regex === "string" ? converter.regex : converter.regex.source;
  return {
    name,
    source,
    type: `<${kind}(${args})>`,
    regex,
    whole: new RegExp(`^(?:${regex})$`, "u"),
    weight: converter.weight ?? 100,
    spansSegments: converter.spansSegments ?? mayHoldSlash(regex),
    toValue: converter.toValue?.bind(converter) ?? ((text) => text),
    toUrl: converter.toUrl?.bind(converter) ?? String,
  };
}

/** @throws {RouteError} there is none of that name, or it takes no arguments */
function converterNamed(kind: string, args: string, own: ConverterTable): Converter {
  const known: ConverterTable = { ...CONVERTERS, ...own };
  const found = Object.hasOwn(known, kind) ? known[kind] : undefined;
  if (found === undefined) {
    throw new RouteError(`there is no converter ${kind}, but ${Object.keys(known).join(", ")}`);
  }
  if (typeof found === "function") return found(parseConverterArguments(args));
  if (args !== "") throw new RouteError(`the converter ${kind} takes no arguments`);
  return found;
}

/** `[^/]` matches none. */
function mayHoldSlash(regex: string): boolean {
  return regex.replaceAll(/\[\^\\?\/\]/g, "").includes("/");
}

function quoted(text: string): string {
  return JSON.stringify(text);
}
