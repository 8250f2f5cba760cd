/** The kinds of values that settings have: how each is read from text and shown again. */
import { type FieldList, parseField } from "../client/field-list.ts";
import { DeployedEnvironError, deployedEnviron } from "../gateway/deployed-environ.ts";
import type { HeaderMap } from "../http/fields.ts";
import { compileAccessFormat } from "../log/access-format.ts";
import { AccessFormatError } from "../log/errors.ts";
import { quoted } from "../log/escapes.ts";
import { LOG_LEVELS, type LogLevel } from "../log/levels.ts";
import type { Binding } from "../server/addresses.ts";
import { bindText, parseBinding, parsePort } from "./bind-address.ts";
import type { Shape } from "./config-values.ts";
import { SettingError } from "./errors.ts";
import { nearestOf } from "./nearest.ts";

export interface SettingType<Value> {
  /** How a configuration file writes it. */
  readonly shape: Shape;
  /**
   * Reads what the command line gave, once or several times; `origin` is the flag.
   * @throws {SettingError} when the text is no such value.
   */
  read(texts: readonly string[], origin: string): Value;
  show(value: Value): string;
}

/** How the absence of a value is shown. */
export const NO_VALUE = "none";

/** argparse's rule for options given twice: the last one counts. */
export function lastOf(texts: readonly string[]): string {
  return texts.at(-1) ?? "";
}

export function wholeNumber(minimum: number): SettingType<number> {
  return {
    shape: "number",
    read(texts, origin) {
      const text = lastOf(texts);
      const value = Number(text);
      if (!/^\d+$/.test(text) || value < minimum || !Number.isSafeInteger(value)) {
        const what = `a whole number of at least ${minimum}`;
        throw new SettingError(origin, `${quoted(text)} is not ${what}`);
      }
      return value;
    },
    show: String,
  };
}

/** A number that need not be known. */
export function optionalWholeNumber(minimum: number): SettingType<number | undefined> {
  const { shape, read } = wholeNumber(minimum);
  return { shape, read, show: (value) => (value === undefined ? NO_VALUE : String(value)) };
}

/** How a switch is said where a flag alone cannot say it. */
const SWITCH_WORDS: ReadonlyMap<string, boolean> = new Map([
  ...["true", "yes", "on", "1"].map((word) => [word, true] as const),
  ...["false", "no", "off", "0"].map((word) => [word, false] as const),
]);

export const aSwitch: SettingType<boolean> = {
  shape: "switch",
  read(texts, origin) {
    if (texts.length === 0) return true;
    const text = lastOf(texts);
    const value = SWITCH_WORDS.get(text.toLowerCase());
    if (value === undefined) throw new SettingError(origin, `${quoted(text)} is not true or false`);
    return value;
  },
  show: String,
};

/**
 * As gunicorn reads it: octal with a zero in front (022, 0o22), else hexadecimal (0x12) or decimal.
 * `what` is what the value should be, for messages.
 */
export function fileMode(what: string): SettingType<number> {
  return {
    shape: "number",
    read(texts, origin) {
      const text = lastOf(texts);
      const value = Number(text.replace(/^0(?=\d)/, "0o"));
      if (/^(?:0o?[0-7]+|0x[\da-f]+|\d+)$/i.test(text) && value <= 0o777) return value;
      throw new SettingError(origin, `${quoted(text)} is not ${what}`);
    },
    show: (mode) => `0o${mode.toString(8)}`,
  };
}

export const aText: SettingType<string> = {
  shape: "text",
  read: someText,
  show: (text) => text,
};

export const optionalText: SettingType<string | undefined> = {
  shape: "text",
  read: someText,
  show: (text) => text ?? NO_VALUE,
};

function someText(texts: readonly string[], origin: string): string {
  const text = lastOf(texts);
  if (text === "") throw new SettingError(origin, "the value is empty");
  return text;
}

export const accessFormat: SettingType<string> = {
  shape: "text",
  read(texts, origin) {
    const format = lastOf(texts);
    try {
      compileAccessFormat(format);
    } catch (error) {
      if (!(error instanceof AccessFormatError)) throw error;
      throw new SettingError(origin, error.message, { cause: error });
    }
    return format;
  },
  show: (format) => format,
};

/**
 * One of these words, in any case unless `spelled` leaves a text as it is; `problem` says what another
 * one is not: `is not text or json`.
 */
export function oneOf<Word extends string>(
  words: readonly Word[],
  problem: string,
  spelled: (text: string) => string = (text) => text.toLowerCase(),
): SettingType<Word> {
  return {
    shape: "text",
    read(texts, origin) {
      const text = lastOf(texts);
      const word = words.find((known) => known === spelled(text));
      if (word !== undefined) return word;
      throw new SettingError(origin, `${quoted(text)} ${problem}`);
    },
    show: (word) => word,
  };
}

/** For {@link oneOf}: the case counts. */
export function asItIs(text: string): string {
  return text;
}

export const logLevel: SettingType<LogLevel> = oneOf(
  LOG_LEVELS,
  `is not a level; the levels are ${LOG_LEVELS.join(", ")}`,
);

const HEADER_MAPS: readonly HeaderMap[] = ["drop", "refuse", "dangerous"];

export const headerMap: SettingType<HeaderMap> = oneOf(
  HEADER_MAPS,
  "is not drop, refuse or dangerous",
);

export const bindAddresses: SettingType<readonly Binding[]> = {
  shape: "texts",
  read: (texts, origin) => texts.map((text) => parseBinding(text, origin)),
  show: (addresses) => addresses.map(bindText).join(", "),
};

/** `PORT`, as hosting platforms set it: every interface, and the port they chose. */
export function portOnAllInterfaces(text: string, origin: string): readonly string[] {
  return [`0.0.0.0:${parsePort(text, origin)}`];
}

export const directories: SettingType<readonly string[]> = {
  shape: "list",
  read: (texts) =>
    lastOf(texts)
      .split(",")
      .map((path) => path.trim())
      .filter((path) => path !== ""),
  show: (paths) => paths.join(",") || NO_VALUE,
};

/** Where something is mounted. */
export const optionalPath: SettingType<string | undefined> = {
  shape: "text",
  read(texts, origin) {
    const text = lastOf(texts);
    if (/^(\/[\x21-\x2e\x30-\x7e]+)+$/.test(text)) return text;
    throw new SettingError(origin, `${quoted(text)} is not a path such as /mounted`);
  },
  show: (path) => path ?? NO_VALUE,
};

const APPLICATION_LANGUAGES = ["python", "typescript"] as const;

export const applicationLanguage: SettingType<(typeof APPLICATION_LANGUAGES)[number] | undefined> =
  {
    ...oneOf(APPLICATION_LANGUAGES, "is not python or typescript", asItIs),
    show: (language) => language ?? NO_VALUE,
  };

/** Paths of requests, each with its query if it has one. */
export const paths: SettingType<readonly string[]> = {
  shape: "texts",
  read: (texts, origin) =>
    texts.map((text) => {
      // What else a request line may hold is RFC 9112's; a space or a control would end it.
      if (/^\/[\x21-\x7e]*$/.test(text)) return text;
      throw new SettingError(
        origin,
        `${quoted(text)} is not a path; it begins with / and is percent-encoded`,
      );
    }),
  show: (all) => all.join(" ") || NO_VALUE,
};

/** Some of these names, which `document` lists. */
export function someOf(known: readonly string[], document: string): SettingType<readonly string[]> {
  return {
    shape: "texts",
    read: (texts, origin) =>
      texts.map((text) => {
        if (known.includes(text)) return text;
        const nearest = nearestOf(text, known);
        const hint = nearest === undefined ? `${document} lists all` : `did you mean ${nearest}?`;
        throw new SettingError(origin, `there is no ${quoted(text)}; ${hint}`);
      }),
    show: (names) => names.join(", ") || NO_VALUE,
  };
}

export const headerFields: SettingType<FieldList> = {
  shape: "texts",
  read: (texts, origin) =>
    texts.map((text) => {
      try {
        return parseField(text);
      } catch (error) {
        throw new SettingError(origin, `${quoted(text)} is not NAME:VALUE`, { cause: error });
      }
    }),
  show: (fields) => fields.map((field) => field.join(": ")).join(", ") || NO_VALUE,
};

export const environmentEntries: SettingType<Readonly<Record<string, string>>> = {
  shape: "entries",
  read: (texts, origin) => Object.fromEntries(texts.map((text) => environmentEntry(text, origin))),
  show: (entries) =>
    Object.entries(entries)
      .map(([name, value]) => `${name}=${value}`)
      .join(", ") || NO_VALUE,
};

export const environEntries: SettingType<Readonly<Record<string, string>>> = {
  shape: "entries",
  read(texts, origin) {
    const entries = environmentEntries.read(texts, origin);
    try {
      deployedEnviron(entries);
    } catch (error) {
      if (!(error instanceof DeployedEnvironError)) throw error;
      throw new SettingError(origin, error.message, { cause: error });
    }
    return entries;
  },
  show: environmentEntries.show,
};

function environmentEntry(text: string, origin: string): [name: string, value: string] {
  const equals = text.indexOf("=");
  if (equals < 1) throw new SettingError(origin, `${quoted(text)} is not NAME=VALUE`);
  return [text.slice(0, equals), text.slice(equals + 1)];
}
