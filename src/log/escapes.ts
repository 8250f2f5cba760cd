/** Text that others sent, made safe to stand inside one line of a log. */

// C0, DEL and C1 controls can start a line or drive a terminal; U+2028 and U+2029 end lines for some readers.
const UNSAFE = /["\\\x00-\x1f\x7f-\x9f\u2028\u2029]/;
const UNSAFE_EACH = /["\\\x00-\x1f\x7f-\x9f\u2028\u2029]/g;

const SHORT_ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  "\\": "\\\\",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
};

/**
 * The text with quotes, backslashes and control characters as backslash escapes: those of JSON, so
 * that a format that is shaped as JSON gives JSON.
 */
export function escaped(text: string): string {
  return UNSAFE.test(text) ? text.replace(UNSAFE_EACH, escapeOf) : text;
}

const WHOLE_ESCAPES = /^(?:[^\\]|\\u[\da-f]{4}|\\[^u])*/;

/** The first characters of text that is escaped, so many at most, and no part of an escape. */
export function startOfEscaped(text: string, longest: number): string {
  if (text.length <= longest) return text;
  // The expression matches nothing too.
  return WHOLE_ESCAPES.exec(text.slice(0, longest))?.[0] ?? "";
}

/** The text escaped and in double quotes: how a log message cites what a client sent. */
export function quoted(text: string): string {
  return `"${escaped(text)}"`;
}

/** A path or a flag as it was typed, or quoted if its ends could not be seen or it could do harm. */
export function shown(text: string): string {
  return /^[\p{L}\p{N}_./@+=~-]+$/u.test(text) ? text : quoted(text);
}

function escapeOf(character: string): string {
  const short = SHORT_ESCAPES[character];
  return short ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
