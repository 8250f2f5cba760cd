/** Values as descriptions that both languages understand (real_signing.py), and made-up ones of a seed. */

import { Markup, Uuid } from "../../src/sessions/tagged-json.ts";

export type Description = unknown;

type Pairs = readonly (readonly [key: string, member: Description])[];

/** A number as the language has it: integral ones count as integers where that is exact. */
export function describeValue(value: unknown): Description {
  if (typeof value === "bigint") return { int: String(value) };
  if (typeof value === "number") return describedNumber(value);
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Markup) return { markup: value.html };
  if (value instanceof Uuid) return { uuid: value.text };
  if (value instanceof Uint8Array) return { bytes: Buffer.from(value).toString("hex") };
  if (value instanceof Date) return { datetime: value.getTime() / 1000 };
  if (Array.isArray(value)) {
    return { [Object.isFrozen(value) ? "tuple" : "list"]: value.map(describeValue) };
  }
  const pairs = Object.entries(value).map(([key, member]) => [key, describeValue(member)] as const);
  return { dict: sortedAsPython(pairs) };
}

function describedNumber(value: number): Description {
  if (Number.isSafeInteger(value) && !Object.is(value, -0)) return { int: String(value) };
  if (Number.isNaN(value)) return { float: "nan" };
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value);
  return { float: bytes.toString("hex") };
}

/** By code points, which is not the order of UTF-16. */
function sortedAsPython(pairs: Pairs): Pairs {
  return pairs.toSorted(([one], [other]) => compareCodePoints([...one], [...other]));
}

function compareCodePoints(one: readonly string[], other: readonly string[]): number {
  for (let at = 0; at < Math.min(one.length, other.length); at += 1) {
    const difference = (one[at]?.codePointAt(0) ?? 0) - (other[at]?.codePointAt(0) ?? 0);
    if (difference !== 0) return difference;
  }
  return one.length - other.length;
}

const BUILDERS: Readonly<Record<string, (content: never) => unknown>> = {
  int: (digits: string) => {
    const number = Number(digits);
    return Number.isSafeInteger(number) ? number : BigInt(digits);
  },
  float: (hex: string) => (hex === "nan" ? Number.NaN : Buffer.from(hex, "hex").readDoubleBE(0)),
  markup: (html: string) => new Markup(html),
  bytes: (hex: string) => Uint8Array.from(Buffer.from(hex, "hex")),
  uuid: (text: string) => new Uuid(text),
  datetime: (seconds: number) => new Date(seconds * 1000),
  tuple: (items: readonly Description[]) => Object.freeze(items.map(buildValue)),
  list: (items: readonly Description[]) => items.map(buildValue),
  dict: (pairs: Pairs) =>
    Object.fromEntries(pairs.map(([key, member]) => [key, buildValue(member)])),
};

export function buildValue(description: Description): unknown {
  if (typeof description !== "object" || description === null) return description;
  const [[kind = "", content] = []] = Object.entries(description);
  // Each builder takes what stands behind its own name.
  return BUILDERS[kind]?.(content as never);
}

const KEYS = [
  "a",
  "",
  " t",
  " di",
  " b",
  " t__",
  "constructor",
  "toString",
  "é",
  "\u{1f600}",
  "\uffff",
  "user",
];
const TEXTS = [
  "",
  "a",
  "é",
  "\u2028",
  "\u{1f600}",
  "\ud800",
  "\x00\x1f\x7f",
  '"\\/',
  "x".repeat(90),
];
const NUMBERS = ["0", "-1", "42", "9007199254740991", "9007199254740993", `-${"9".repeat(40)}`];
const FLOATS = [0.1, -2.5e-10, 1e21, 2 ** 60, 1.5e300, -0, 5e-324, Infinity, -Infinity, NaN];

/** Made-up values: the same for the same seed. */
export class MadeUpValues {
  #state: number;
  /** Whether those are among them that only Flask has. */
  readonly #isTagged: boolean;

  constructor(seed: number, kinds: "tagged" | "plain") {
    this.#state = seed;
    this.#isTagged = kinds === "tagged";
  }

  /** A session: text keys, and whatever behind them. */
  session(): Description {
    return { dict: this.#pairs(3) };
  }

  /** From 0 up to, and not including, `end`. */
  below(end: number): number {
    // Numerical Recipes' linear congruence: its upper bits are random enough for values.
    this.#state = (Math.imul(this.#state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((this.#state / 2 ** 32) * end);
  }

  #value(depth: number): Description {
    const plain: readonly (() => Description)[] = [
      () => this.#one([null, true, false]),
      () => ({ int: this.#one(NUMBERS) }),
      () => describeValue(this.#one(FLOATS)),
      () => this.#one(TEXTS),
      () => ({ list: this.#items(depth - 1) }),
      () => ({ dict: this.#pairs(depth - 1) }),
    ];
    const tagged: readonly (() => Description)[] = [
      () => ({ tuple: this.#items(depth - 1) }),
      () => ({ bytes: Buffer.from(this.#one(TEXTS)).toString("hex") }),
      () => ({ markup: this.#one(TEXTS) }),
      () => ({
        uuid: `${String(this.below(1e9)).padStart(8, "0").slice(0, 8)}-0000-4000-8000-0123456789ab`,
      }),
      () => ({ datetime: this.below(4_102_444_800) }),
    ];
    return this.#one(this.#isTagged ? [...plain, ...tagged] : plain)();
  }

  #items(depth: number): readonly Description[] {
    if (depth <= 0) return [];
    return Array.from({ length: this.below(4) }, () => this.#value(depth));
  }

  #pairs(depth: number): Pairs {
    const keys = new Set(
      depth <= 0 ? [] : Array.from({ length: this.below(4) }, () => this.#one(KEYS)),
    );
    return sortedAsPython([...keys].map((key) => [key, this.#value(depth)]));
  }

  #one<Item>(items: readonly Item[]): Item {
    // There is always one.
    return items[this.below(items.length)] as Item;
  }
}
