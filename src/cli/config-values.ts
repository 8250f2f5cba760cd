/** What a configuration file may say of a setting, as the texts that the command line would give. */

/** How the values of a setting are written in a file. */
export type Shape = "number" | "text" | "switch" | "texts" | "list" | "entries";

interface Writing {
  /** For messages. */
  readonly what: string;
  /** Undefined where the value is of another kind. */
  textsOf(value: unknown): readonly string[] | undefined;
}

/** Texts are given one by one, as a repeated flag does; a list is one text with commas in it. */
const WRITINGS: Readonly<Record<Shape, Writing>> = {
  number: {
    what: "a number",
    textsOf: (value) => (typeof value === "number" ? [String(value)] : undefined),
  },
  text: { what: "text", textsOf: (value) => (typeof value === "string" ? [value] : undefined) },
  switch: {
    what: "true or false",
    textsOf: (value) => (typeof value === "boolean" ? [String(value)] : undefined),
  },
  texts: { what: "text or a list of texts", textsOf: listOf },
  list: {
    what: "text or a list of texts",
    textsOf: (value) => {
      const texts = listOf(value);
      return texts && [texts.join(",")];
    },
  },
  entries: { what: "an object whose values are texts", textsOf: entriesOf },
};

/** What such a setting takes, for messages. */
export function whatIsWritten(shape: Shape): string {
  return WRITINGS[shape].what;
}

/** Undefined where the value is of another kind than the setting's. */
export function textsOfValue(shape: Shape, value: unknown): readonly string[] | undefined {
  return WRITINGS[shape].textsOf(value);
}

function listOf(value: unknown): readonly string[] | undefined {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  return list.every((text) => typeof text === "string") ? list : undefined;
}

function entriesOf(value: unknown): readonly string[] | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  const entries: readonly [string, unknown][] = Object.entries(value);
  if (!entries.every(([, text]) => typeof text === "string")) return undefined;
  return entries.map(([name, text]) => `${name}=${text}`);
}
