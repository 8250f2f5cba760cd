/**
 * JSON as Python's `json` module reads and writes it: whole numbers of any size, `NaN` and the
 * infinities, and nothing but ASCII.
 */
import { randomUUID } from "node:crypto";
import type { JsonCodec } from "./signed-json.ts";
import { BadPayloadError, UnstorableValueError } from "./signing-errors.ts";

/** Objects and arrays within one another; Python's reader stops at about 1,000. */
const MAX_DEPTH = 200;

/** CPython's `sys.get_int_max_str_digits()`: longer ones are refused there, too. */
const MAX_DIGITS = 4300;

type Members = Record<string, unknown>;

export const pythonJson: JsonCodec = {
  dumps: (value) => writeJson(value, () => undefined),
  loads: (text) => readJson(text, (members) => members),
};

/**
 * Reads what Python wrote. Whole numbers that a number cannot hold become bigints. `ofObject` gives
 * what an object is to become, the innermost first.
 * @throws {BadPayloadError}
 */
export function readJson(text: string, ofObject: (members: Members) => unknown): unknown {
  const walk = (value: unknown, depth: number): unknown => {
    if (typeof value === "string") return numberOf(value) ?? value;
    if (typeof value !== "object" || value === null) return value;
    if (depth > MAX_DEPTH) throw new BadPayloadError(`nested deeper than ${MAX_DEPTH} levels`);
    if (Array.isArray(value)) return value.map((item) => walk(item, depth + 1));
    const members: Members = {};
    for (const [key, member] of Object.entries(value)) {
      if (couldChangeAllObjects(key, member)) {
        throw new BadPayloadError(`the key ${key} is refused: it could change all objects`);
      }
      members[key] = walk(member, depth + 1);
    }
    return ofObject(members);
  };
  return walk(parse(text), 1);
}

const PARTS = /"[^"\\]*(?:\\.[^"\\]*)*"|NaN|-?Infinity|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
const MAY_NEED_PARTS = /\d{16}|NaN|Infinity/;
const WHOLE = /^-?\d+$/;

/** Stands before numbers that JSON.parse cannot read; nobody can write it into a text. */
const MARK = `${randomUUID()}:`;

/** @throws {BadPayloadError} */
function parse(text: string): unknown {
  try {
    return JSON.parse(MAY_NEED_PARTS.test(text) ? text.replace(PARTS, marked) : text);
  } catch (cause) {
    throw new BadPayloadError("the payload is no JSON", { cause });
  }
}

function marked(part: string): string {
  if (part.startsWith('"')) return part;
  const isReadAlike = WHOLE.test(part) ? Number.isSafeInteger(Number(part)) : /^-?\d/.test(part);
  return isReadAlike ? part : `"${MARK}${part}"`;
}

function numberOf(text: string): number | bigint | undefined {
  if (!text.startsWith(MARK)) return undefined;
  const digits = text.slice(MARK.length);
  if (!WHOLE.test(digits)) return Number(digits);
  if (digits.length > MAX_DIGITS) throw new BadPayloadError(`a number of ${digits.length} digits`);
  return BigInt(digits);
}

/** Whoever merges what is read into other objects would change all objects with these two. */
function couldChangeAllObjects(key: string, member: unknown): boolean {
  if (key === "__proto__") return true;
  return key === "constructor" && Object.hasOwn(Object(member), "prototype");
}

/** What is written in place of a value: an object of which each member is asked about again. */
export type StandIn = (value: object) => Members | undefined;

/**
 * Writes what Python reads. Members that are `undefined` are left out.
 * @throws {UnstorableValueError} something has no JSON, or a key that would not be read again
 */
export function writeJson(value: unknown, standIn: StandIn): string {
  return written(value, { path: [], standIn });
}

interface Place {
  readonly path: readonly string[];
  readonly standIn: StandIn;
}

function written(value: unknown, place: Place): string {
  const { path } = place;
  if (path.length > MAX_DEPTH) {
    throw unstorable(
      path.slice(0, 3),
      `is nested deeper than ${MAX_DEPTH} levels, or holds itself`,
    );
  }
  switch (typeof value) {
    case "string":
      return asciiString(value);
    case "number":
      return numeral(value);
    case "bigint":
    case "boolean":
      return String(value);
    case "object":
      return value === null ? "null" : writtenObject(value, place);
    default:
      throw unstorable(path, `is of type ${typeof value}, which JSON does not have`);
  }
}

function writtenObject(value: object, place: Place): string {
  const { path, standIn } = place;
  const within = (key: string | number): Place => ({ path: [...path, String(key)], standIn });
  const instead = standIn(value);
  if (instead === undefined && Array.isArray(value)) {
    return `[${value.map((item, at) => written(item, within(at))).join(",")}]`;
  }
  const members = Object.entries(instead ?? plainObject(value, path));
  const texts = members.map(([key, member]) => {
    if (member === undefined) return "";
    if (couldChangeAllObjects(key, member)) {
      throw unstorable([...path, key], "has a key that would be refused where it is read");
    }
    return `${asciiString(key)}:${written(member, within(key))}`;
  });
  return `{${texts.filter((text) => text !== "").join(",")}}`;
}

function plainObject(value: object, path: Place["path"]): object {
  if (isPlainObject(value)) return value;
  const { name } = value.constructor;
  throw unstorable(path, `is a ${name}, which this format does not have; store text or numbers`);
}

export function isPlainObject(value: object): value is Members {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function asciiString(text: string): string {
  return JSON.stringify(text).replace(
    /[\x7f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** A number that no `int` of Python's would hold as it is meant here is written as a `float`. */
function numeral(value: number): string {
  if (Object.is(value, -0)) return "-0.0";
  if (!Number.isInteger(value) || Number.isSafeInteger(value)) return String(value);
  return value.toExponential();
}

function unstorable(path: Place["path"], problem: string): UnstorableValueError {
  return new UnstorableValueError(`${path.length > 0 ? path.join(".") : "the value"} ${problem}`);
}
