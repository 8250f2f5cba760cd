/** Objects as lines of JSON that nothing in them can end, and that no reader chokes on. */
import { isUtf8 } from "node:buffer";

/** A line's names and values; what is undefined is left out. */
export type JsonFields = Readonly<Record<string, string | number | readonly string[] | undefined>>;

// JSON.stringify escapes C0 controls. C1 and DEL drive terminals, U+2028 and U+2029 end lines for some
// readers, and invisible characters turn the direction of text or hide it.
const UNSAFE_EACH = /[\x7f-\x9f\u2028\u2029\p{Cf}]/gu;

// What JSON is nearly always; the expression above takes ten times as long to find nothing.
const BEYOND_ASCII = /[^ -~]/;

// Half a pair is no character: some readers refuse the whole line for its escape.
const HALF_PAIR = /\p{Cs}/gu;
const MAY_HAVE_HALF_PAIRS = /\\ud[89a-f]/;

/**
 * One object of all groups, which share no name, on one line without a line end. Objects that are
 * spread into another cost ten times as much.
 */
export function jsonText(...groups: readonly JsonFields[]): string {
  let inside = "";
  for (const fields of groups) {
    const plain = JSON.stringify(fields);
    const whole = MAY_HAVE_HALF_PAIRS.test(plain)
      ? JSON.stringify(fields, withoutHalfPairs)
      : plain;
    if (whole !== "{}") inside += `${inside === "" ? "" : ","}${whole.slice(1, -1)}`;
  }
  const text = `{${inside}}`;
  return BEYOND_ASCII.test(text) ? text.replace(UNSAFE_EACH, unicodeEscapes) : text;
}

function withoutHalfPairs(_: string, value: unknown): unknown {
  return typeof value === "string" ? value.replace(HALF_PAIR, "\ufffd") : value;
}

/** A native string as the text that its bytes are in UTF-8, or as it is where they are none. */
export function textOfNative(value: string): string {
  if (!/[\x80-\xff]/.test(value) || /[^\0-\xff]/.test(value)) return value;
  const bytes = Buffer.from(value, "latin1");
  return isUtf8(bytes) ? bytes.toString() : value;
}

function unicodeEscapes(character: string): string {
  return Array.from({ length: character.length }, (_, at) => {
    return `\\u${character.charCodeAt(at).toString(16).padStart(4, "0")}`;
  }).join("");
}
