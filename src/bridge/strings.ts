/**
 * Strings: latin-1 items joined by NUL, as REQUEST, RESPONSE and SETTINGS carry them.
 *
 * Pairs are written flat, name after value, since that is what Python and
 * JavaScript both split fastest.
 */

/** On text of one byte a character, V8 knows the answer without looking. */
export const NOT_LATIN1: RegExp = /[^\x00-\xff]/;

/** A value that cannot cross: PEP 3333 allows U+0000 to U+00FF alone. */
export class NotNativeStringError extends Error {
  override readonly name: string = "NotNativeStringError";
}

/** The environ's strings as the text of a REQUEST payload. */
export interface EncodedEnviron {
  readonly text: string;
  /** Whether the frame needs the flag ESCAPED. */
  readonly isEscaped: boolean;
}

/**
 * Takes what is a string out of an environ; `changes` come last and win.
 * @throws {NotNativeStringError} naming the key
 */
export function encodeEnviron(environ: object, changes: readonly string[]): EncodedEnviron {
  // An environ may hold any name; its type lists those that PEP 3333 does.
  const values = environ as Readonly<Record<string, unknown>>;
  const plain = plainText(values);
  let text = plain ?? escapedText(values);
  for (const item of changes) text += `\0${item}`;
  if (NOT_LATIN1.test(text)) throw notNative(environ);
  return { text: text.slice(1), isEscaped: plain === undefined };
}

/** Undefined where a value holds NUL, which no field value can, but a path. */
function plainText(values: Readonly<Record<string, unknown>>): string | undefined {
  let text = "";
  for (const key in values) {
    const value = values[key];
    if (typeof value !== "string") continue;
    if (value.includes("\0")) return undefined;
    text += `\0${key}\0${value}`;
  }
  return text;
}

/** A name that ends in "%" itself gets the mark too: "X-User%" must not arrive as "X-User". */
function escapedText(values: Readonly<Record<string, unknown>>): string {
  let text = "";
  for (const key in values) {
    const value = values[key];
    if (typeof value !== "string") continue;
    text +=
      value.includes("\0") || key.endsWith("%")
        ? `\0${key}%\0${value.replaceAll("%", "%25").replaceAll("\0", "%00")}`
        : `\0${key}\0${value}`;
  }
  return text;
}

function notNative(environ: object): NotNativeStringError {
  for (const [key, value] of Object.entries(environ)) {
    if (typeof value === "string" && NOT_LATIN1.test(key + value)) {
      return new NotNativeStringError(
        `environ[${JSON.stringify(key)}] holds more than latin-1: ${JSON.stringify(value)}`,
      );
    }
  }
  return new NotNativeStringError("the environ holds more than latin-1");
}

/** The text of joined items with one more behind them. */
export function withItem(text: string, item: string): string {
  return text === "" ? item : `${text}\0${item}`;
}

/** Items joined by NUL, from text that may hold more than latin-1. */
export function encodeItems(items: readonly string[]): string {
  return items.map((item) => Buffer.from(item, "utf8").toString("latin1")).join("\0");
}

/** The items of a payload: as many as were joined, none for no bytes. */
export function decodeItems(text: string): string[] {
  return text === "" ? [] : text.split("\0");
}

/** Items read as name, value, name, value; from UTF-8 seen as latin-1. */
export function decodePairs(text: string): ReadonlyMap<string, string> {
  const items = decodeItems(text).map((item) => Buffer.from(item, "latin1").toString("utf8"));
  const pairs = new Map<string, string>();
  for (let at = 0; at + 1 < items.length; at += 2) pairs.set(items[at] ?? "", items[at + 1] ?? "");
  return pairs;
}
