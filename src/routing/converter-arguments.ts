/** The arguments of converters: `(2, min=5, "a, b")`. */
import type { ConverterArguments } from "./converter.ts";
import { RouteError } from "./errors.ts";

// One argument with the comma behind it; in quotes it may hold anything but its quotes.
const ARGUMENT =
  /\s*(?:(?<name>\w+)\s*=\s*)?(?:"(?<double>[^"]*)"|'(?<single>[^']*)'|(?<word>[^\s,"'=]+))\s*(?:,|$)/gy;

/** @throws {RouteError} it is no list of arguments, or a name stands twice */
export function parseConverterArguments(text: string): ConverterArguments {
  const positional: string[] = [];
  const named: Record<string, string> = {};
  let end = 0;
  for (const { 0: source, groups = {} } of text.matchAll(ARGUMENT)) {
    const { name, double, single, word } = groups;
    const value = double ?? single ?? word ?? "";
    if (name === undefined) positional.push(value);
    else if (Object.hasOwn(named, name)) throw new RouteError(`${name} is given twice`);
    else named[name] = value;
    end += source.length;
  }
  if (end === text.length) return { positional, named };
  throw new RouteError(`${JSON.stringify(text.slice(end))} is no list of arguments`);
}

/** By their names, whether they were given by name or in this order. @throws {RouteError} there are others */
export function settingsOf<Name extends string>(
  { positional, named }: ConverterArguments,
  names: readonly Name[],
): Readonly<Partial<Record<Name, string>>> {
  const settings: Partial<Record<Name, string>> = {};
  for (const [at, value] of positional.entries()) {
    const name = names[at];
    if (name === undefined)
      throw new RouteError(`${JSON.stringify(value)} is one argument too many`);
    settings[name] = value;
  }
  for (const [given, value] of Object.entries(named)) {
    const name = names.find((each) => each === given);
    if (name === undefined) throw new RouteError(`${given} is none of ${names.join(", ")}`);
    if (settings[name] !== undefined) throw new RouteError(`${given} is given twice`);
    settings[name] = value;
  }
  return settings;
}

/** @throws {RouteError} it is no number */
export function numberOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^-?\d+(?:\.\d+)?$/.test(text)) return Number(text);
  throw new RouteError(`${JSON.stringify(text)} is no number`);
}

/** A length: 0 or more, and whole. @throws {RouteError} it is none */
export function lengthOf(text: string | undefined): number | undefined {
  const length = numberOf(text);
  if (length === undefined || (Number.isSafeInteger(length) && length >= 0)) return length;
  throw new RouteError(`${JSON.stringify(text)} is no length`);
}

const FLAGS: ReadonlyMap<string | undefined, boolean> = new Map([
  [undefined, false],
  ["true", true],
  ["True", true],
  ["false", false],
  ["False", false],
]);

/** As Python or as TypeScript writes it. @throws {RouteError} it is neither */
export function flagOf(text: string | undefined): boolean {
  const flag = FLAGS.get(text);
  if (flag === undefined) throw new RouteError(`${JSON.stringify(text)} is neither true nor false`);
  return flag;
}
