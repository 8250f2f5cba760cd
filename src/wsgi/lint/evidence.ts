/** Values as evidence shows them: named, escaped, and never too long for a line. */

const MAX_SHOWN = 80;

/** Of evidence as a whole, which may name headers and variables of any length. */
const MAX_EVIDENCE = 500;

// C1 controls can drive a terminal, U+2028 and U+2029 end lines for some readers; JSON keeps them.
const UNSAFE = /[\x00-\x1f\x7f-\x9f\u2028\u2029]/g;

/** A name in HTTP (RFC 9110 §5.6.2). */
export const TOKEN: RegExp = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** A string in quotes, with escapes; anything else by its type. */
export function shown(value: unknown): string {
  if (typeof value === "string") return quoted(value);
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  return kindOf(value);
}

/** What a value is, in a word or two: `null`, `a Buffer`, `a number`. */
export function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value !== "object") return withArticle(typeof value);
  const type: unknown = value.constructor;
  return withArticle((typeof type === "function" && type.name) || "object");
}

/** A header's name, quoted where it is none. */
export function shownName(name: string): string {
  return TOKEN.test(name) ? name : quoted(name);
}

/** What stands where bytes belong: text with its characters, anything else by its type. */
export function inPlaceOfBytes(value: unknown): string {
  return typeof value === "string" ? `the text ${quoted(value)}` : kindOf(value);
}

/** Text that cannot leave its line, whoever wrote it. */
export function inOneLine(text: string): string {
  return text.replace(UNSAFE, (control) => {
    return `\\u${control.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}

/** Evidence as it is told: whatever the names in it, one line of a bounded length. */
export function bounded(evidence: string): string {
  return inOneLine(
    evidence.length > MAX_EVIDENCE ? `${evidence.slice(0, MAX_EVIDENCE)}…` : evidence,
  );
}

function quoted(text: string): string {
  const cut = text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
  return inOneLine(JSON.stringify(cut));
}

function withArticle(name: string): string {
  return `${/^[aeiou]/i.test(name) ? "an" : "a"} ${name}`;
}

/** What an object of the environ has not; undefined where it has all, or is itself not there. */
export function lacking(
  name: string,
  stream: unknown,
  methods: readonly (string | symbol)[],
): string | undefined {
  if (stream === undefined) return undefined;
  if (typeof stream !== "object" || stream === null) return `${name} is ${kindOf(stream)}`;
  // What else an object has is of no interest.
  const members = stream as Readonly<Record<string | symbol, unknown>>;
  const missing = methods.filter((method) => typeof members[method] !== "function");
  if (missing.length === 0) return undefined;
  const names = missing.map((method) => (typeof method === "symbol" ? method.description : method));
  return `${name} has no ${names.join(", ")}`;
}

/** What stands where a function belongs, if anything. */
export function notCallable(name: string, value: unknown): string | undefined {
  const isFine = value === undefined || typeof value === "function";
  return isFine ? undefined : `${name} is ${shown(value)}`;
}
