/**
 * The JSON of Flask's sessions (`flask.json.tag`): an object whose one key is a tag stands for a
 * value that JSON does not have.
 */
import { httpDate } from "../http/date.ts";
import { isPlainObject, readJson, writeJson } from "./python-json.ts";
import type { JsonCodec } from "./signed-json.ts";
import { BadPayloadError, UnstorableValueError } from "./signing-errors.ts";

/** Text that is HTML and needs no escaping: `markupsafe.Markup`. */
export class Markup {
  readonly html: string;

  constructor(html: string) {
    this.html = html;
  }

  toString(): string {
    return this.html;
  }
}

/** Python's `uuid.UUID`. */
export class Uuid {
  /** With hyphens, in lower case. */
  readonly text: string;

  /** @throws {TypeError} the text is not 32 hexadecimal digits, with hyphens or without */
  constructor(text: string) {
    const hex = text.replaceAll("-", "").toLowerCase();
    if (!/^[0-9a-f]{32}$/.test(hex)) throw new TypeError(`no UUID: ${JSON.stringify(text)}`);
    this.text = hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
  }

  toString(): string {
    return this.text;
  }
}

/**
 * Frozen arrays are tuples, `Uint8Array` is `bytes`, `Date` is `datetime` to the second; see
 * {@link Markup} and {@link Uuid}.
 */
export const taggedJson: JsonCodec = {
  dumps: (value) => writeJson(value, tagged),
  loads: (text) => readJson(text, untagged),
};

type Members = Record<string, unknown>;

interface Tag {
  readonly key: string;
  /** What stands behind the tag for a value of this kind; undefined for any other. */
  toJson(value: object): unknown;
  /** @throws {TypeError} what stands behind the tag is not of its kind */
  fromJson(json: unknown): unknown;
}

const TAGS: readonly Tag[] = [
  {
    // An object that looks like a tag, its key marked as none.
    key: " di",
    toJson: (value) => {
      const [key, ...others] = isPlainObject(value) ? Object.keys(value) : [];
      if (key === undefined || others.length > 0 || !TAG_OF.has(key)) return undefined;
      return { [`${key}__`]: (value as Members)[key] };
    },
    fromJson: (json) => {
      const [[key, member] = ["", undefined]] = Object.entries(
        demanded(json, typeof json === "object"),
      );
      return { [key.slice(0, -2)]: member };
    },
  },
  {
    key: " t",
    toJson: (value) => (Array.isArray(value) && Object.isFrozen(value) ? [...value] : undefined),
    fromJson: (json) => Object.freeze(demanded(json, Array.isArray(json))),
  },
  {
    key: " b",
    toJson: (value) =>
      value instanceof Uint8Array ? Buffer.from(value).toString("base64") : undefined,
    fromJson: (json) => Uint8Array.from(Buffer.from(text(json), "base64")),
  },
  {
    key: " m",
    toJson: (value) => (value instanceof Markup ? value.html : undefined),
    fromJson: (json) => new Markup(text(json)),
  },
  {
    key: " u",
    toJson: (value) => (value instanceof Uuid ? value.text.replaceAll("-", "") : undefined),
    fromJson: (json) => new Uuid(text(json)),
  },
  {
    key: " d",
    toJson: (value) => (value instanceof Date ? httpDateOf(value) : undefined),
    fromJson: (json) => {
      const milliseconds = httpDate(text(json), Date.now());
      return new Date(demanded(milliseconds, milliseconds !== undefined));
    },
  },
];

const TAG_OF: ReadonlyMap<string, Tag> = new Map(TAGS.map((tag) => [tag.key, tag]));

function tagged(value: object): Members | undefined {
  for (const tag of TAGS) {
    const json = tag.toJson(value);
    if (json !== undefined) return { [tag.key]: json };
  }
  return undefined;
}

function untagged(members: Members): unknown {
  const [key = "", ...others] = Object.keys(members);
  const tag = others.length === 0 ? TAG_OF.get(key) : undefined;
  if (tag === undefined) return members;
  try {
    return tag.fromJson(members[key]);
  } catch (cause) {
    throw new BadPayloadError(`what is tagged ${JSON.stringify(key)} is not of that kind`, {
      cause,
    });
  }
}

function demanded<Value>(value: Value, isOfItsKind: boolean): NonNullable<Value> {
  if (isOfItsKind && value !== undefined && value !== null) return value;
  throw new TypeError("of another kind");
}

function text(json: unknown): string {
  if (typeof json === "string") return json;
  throw new TypeError("no text");
}

/** @throws {UnstorableValueError} no date, or outside the years that Python has */
function httpDateOf(date: Date): string {
  // Not `imfFixdate`, which shows the nearest date that there is.
  const shown = date.toUTCString();
  if (httpDate(shown, date.getTime()) !== undefined) return shown;
  throw new UnstorableValueError(`the Date ${shown} is none that Python could read`);
}
