/** Small changes to bytes, of the kinds that parsers have stumbled over. */
import type { HttpLimits } from "../../src/http/limits.ts";
import type { Random } from "./random.ts";

export interface MutationContext {
  readonly random: Random;
  readonly limits: HttpLimits;
  /** Another input, to take a part of. */
  readonly other: string;
}

type Mutation = (text: string, context: MutationContext) => string;

/** Room for one repeat beyond the largest limit. */
export const MAX_INPUT_BYTES = 80_000;
/** A repeat near a limit of this size or more is made only now and then. */
const LONG_REPEAT = 1024;
const LONG_REPEATS_ONE_IN = 100;
const NEAR = 3;

const SEPARATORS = [
  ...[
    "\r",
    "\n",
    "\r\n",
    "\r\n\r\n",
    "\0",
    "\t",
    " ",
    ":",
    ",",
    ";",
    "\r\n ",
    "\x0b",
    "\x0c",
    "\x85",
  ],
  ...["\x7f", "\x80", "\xa0", "\xff", '"', "\\", "/", "?", "#", "%", "*", "@", "[", "0", "=", "_"],
];
const PARTS = [
  ...[
    "Transfer-Encoding: chunked\r\n",
    "Content-Length: 5\r\n",
    "Host: b\r\n",
    "Expect: 100-continue\r\n",
  ],
  ...["Connection: close\r\n", "Connection: keep-alive\r\n", "Transfer-Encoding:\x0bchunked\r\n"],
  ...[
    "0\r\n\r\n",
    "5\r\nhello\r\n",
    "GET / HTTP/1.1\r\n",
    "HTTP/1.0",
    "HTTP/1.1",
    "http://a",
    "chunked",
  ],
  ...[
    "Content-Length: 0\r\n",
    "Content_Length: 5\r\n",
    "X:\r\n y\r\n",
    "POST / HTTP/1.1\r\nHost: a\r\n",
  ],
];
const NUMBERS = [
  ...[
    "0",
    "1",
    "-1",
    "+1",
    "00",
    "007",
    "0x1",
    "1e3",
    "2147483648",
    "4294967296",
    "9007199254740993",
  ],
  ...[
    "18446744073709551616",
    "999999999999999",
    "1000000000000000",
    "fffffffffffff",
    "10000000000000",
  ],
  ...["1073741824", "1073741825", "40000000", "40000001", "64", "65", "40", "41", "", "\u00b9"],
];

const MUTATIONS: readonly Mutation[] = [
  flipBit,
  replaceByte,
  insertSeparator,
  insertSeparator,
  insertSeparator,
  insertPart,
  removeRange,
  repeatRange,
  duplicateLine,
  swapLines,
  removeLine,
  cut,
  twice,
  splice,
  changeNumber,
  changeNumber,
  changeCase,
  repeatNearLimit,
];

/** One change, chosen by chance. */
export function mutate(text: string, context: MutationContext): string {
  const changed = context.random.pick(MUTATIONS)(text, context);
  return changed.slice(0, MAX_INPUT_BYTES);
}

function flipBit(text: string, { random }: MutationContext): string {
  const at = random.below(text.length);
  const flipped = (text.charCodeAt(at) || 0) ^ (1 << random.below(8));
  return replaced(text, at, at + 1, String.fromCharCode(flipped));
}

function replaceByte(text: string, { random }: MutationContext): string {
  const at = random.below(text.length);
  return replaced(text, at, at + 1, String.fromCharCode(random.below(256)));
}

function insertSeparator(text: string, { random }: MutationContext): string {
  const at = random.below(text.length + 1);
  return replaced(text, at, at, random.pick(SEPARATORS));
}

function insertPart(text: string, { random }: MutationContext): string {
  const at = random.oneIn(2) ? random.below(text.length + 1) : lineStart(text, random);
  return replaced(text, at, at, random.pick(PARTS));
}

function removeRange(text: string, { random }: MutationContext): string {
  const at = random.below(text.length);
  return replaced(text, at, at + 1 + random.below(random.oneIn(4) ? 60 : 4), "");
}

function repeatRange(text: string, { random }: MutationContext): string {
  const at = random.below(text.length);
  const part = text.slice(at, at + 1 + random.below(20));
  return replaced(text, at, at, part.repeat(1 + random.below(8)));
}

function duplicateLine(text: string, { random }: MutationContext): string {
  const [start, end] = lineAt(text, random);
  const to = lineStart(text, random);
  return replaced(text, to, to, text.slice(start, end));
}

function swapLines(text: string, { random }: MutationContext): string {
  const [start, middle] = lineAt(text, random);
  const next = text.indexOf("\n", middle) + 1;
  if (next === 0) return text;
  return replaced(text, start, next, text.slice(middle, next) + text.slice(start, middle));
}

function removeLine(text: string, { random }: MutationContext): string {
  const [start, end] = lineAt(text, random);
  return replaced(text, start, end, "");
}

function cut(text: string, { random }: MutationContext): string {
  return text.slice(0, random.below(text.length + 1));
}

/** A client sends the same fields again and again; what is known of them must not be trusted blindly. */
function twice(text: string, { random, limits }: MutationContext): string {
  const room = limits.maxHeadBytes - text.indexOf("\r\n\r\n") + random.below(2 * NEAR + 1) - NEAR;
  const isNear = room > 0 && room < LONG_REPEAT;
  return text + (isNear ? text.replace(" /", ` /${"a".repeat(room)}`) : text);
}

function splice(text: string, { random, other }: MutationContext): string {
  return random.oneIn(2)
    ? text.slice(0, lineStart(text, random)) + other.slice(lineStart(other, random))
    : text.slice(0, random.below(text.length + 1)) + other.slice(random.below(other.length + 1));
}

function changeNumber(text: string, { random }: MutationContext): string {
  const found = /[0-9a-fA-F]+/g;
  found.lastIndex = random.below(text.length);
  const match = found.exec(text);
  if (match === null) return text;
  const number = random.oneIn(3)
    ? `${Number(match[0]) + random.below(3) - 1}`
    : random.pick(NUMBERS);
  return replaced(text, match.index, match.index + match[0].length, number);
}

function changeCase(text: string, { random }: MutationContext): string {
  const at = random.below(text.length);
  const part = text.slice(at, at + 1 + random.below(20));
  // Of latin-1 alone some letters' capitals are outside of it.
  const changed = part.replace(/[a-z]/gi, (letter) =>
    letter < "a" ? letter.toLowerCase() : letter.toUpperCase(),
  );
  return replaced(text, at, at + part.length, changed);
}

/** Makes a line, the head or a body just as long as a limit, or a few bytes more or less. */
function repeatNearLimit(text: string, { random, limits }: MutationContext): string {
  const limit = random.pick(Object.values(limits).filter((size) => size < MAX_INPUT_BYTES));
  if (limit >= LONG_REPEAT && !random.oneIn(LONG_REPEATS_ONE_IN)) return text;
  const at = random.below(text.length + 1);
  const lineSoFar = at - (text.lastIndexOf("\n", at - 1) + 1);
  const taken = random.pick([0, at, text.length, lineSoFar]);
  const length = limit - taken + random.below(2 * NEAR + 1) - NEAR;
  const unit = random.pick(["a", "a", "0", " ", "\r\n", "X: 1\r\n", ";a", "A:\r\n", "1\r\na\r\n"]);
  return replaced(text, at, at, unit.repeat(Math.max(0, Math.ceil(length / unit.length))));
}

function lineStart(text: string, random: Random): number {
  return text.lastIndexOf("\n", random.below(text.length + 1)) + 1;
}

function lineAt(text: string, random: Random): [start: number, end: number] {
  const start = lineStart(text, random);
  const end = text.indexOf("\n", start);
  return [start, end === -1 ? text.length : end + 1];
}

function replaced(text: string, start: number, end: number, by: string): string {
  return text.slice(0, start) + by + text.slice(end);
}
