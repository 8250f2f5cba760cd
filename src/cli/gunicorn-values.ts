/** What a gunicorn configuration file says, as a source of settings. */
import { type Shape, whatIsWritten } from "./config-values.ts";
import { SettingError } from "./errors.ts";
import { GUNICORN_NAMES, TARGET_NAME } from "./gunicorn-names.ts";
import { GUNICORN_OPTIONS, judge } from "./gunicorn-options.ts";
import type { GivenTexts, Layer } from "./setting-sources.ts";
import { SETTINGS, type SettingName } from "./settings.ts";

export interface GunicornValues {
  readonly layer: Layer;
  readonly target: string | undefined;
  /** Lines for the log. */
  readonly notes: readonly string[];
}

/** All names that are looked for; gunicorn passes over others in silence too. */
export const KNOWN_NAMES: readonly string[] = [
  ...Object.keys(GUNICORN_NAMES),
  ...GUNICORN_OPTIONS.map(({ name }) => name),
  TARGET_NAME,
];

const NAMES: ReadonlyMap<string, SettingName> = new Map(Object.entries(GUNICORN_NAMES));

/** Settings of which the empty text is a value, not the absence of one. */
const MAY_BE_EMPTY: readonly SettingName[] = ["forwardedAllowIps", "proxyAllowFrom"];

/**
 * `values` are those of the file as plain data; `file` is its name in messages.
 * @throws {UsageError} a value is of a wrong type, or asks for what Portico cannot do
 */
export function readGunicornValues(
  values: Readonly<Record<string, unknown>>,
  file: string,
): GunicornValues {
  const layer = new Map<SettingName, GivenTexts>();
  const notes: string[] = [];
  for (const [key, value] of Object.entries(values)) {
    const setting = NAMES.get(key);
    const option = GUNICORN_OPTIONS.find(({ name }) => name === key);
    if (setting !== undefined) {
      const texts = settingTexts(setting, value, `${file}: ${key}`);
      if (texts !== undefined) layer.set(setting, { source: { kind: "file", file, key }, texts });
    } else if (option !== undefined) {
      const note = judge(option, { origin: `${file}: ${key}`, value: optionText(value) });
      if (note !== undefined) notes.push(note);
    }
  }
  const target = values[TARGET_NAME];
  return { layer, notes, target: typeof target === "string" ? target : undefined };
}

/** Undefined where the value says nothing. @throws {SettingError} */
function settingTexts(
  name: SettingName,
  value: unknown,
  origin: string,
): readonly string[] | undefined {
  const { shape } = SETTINGS[name].type;
  if (value === "" && !MAY_BE_EMPTY.includes(name)) return undefined;
  const texts = textsOf(shape, value);
  if (texts === undefined) throw new SettingError(origin, `it is not ${whatIsWritten(shape)}`);
  return texts.length === 0 ? undefined : texts;
}

/** gunicorn takes text for numbers and switches too, and one text for a list of one. */
function textsOf(shape: Shape, value: unknown): readonly string[] | undefined {
  if (isScalar(value)) return [String(value)];
  const isList = shape === "texts" || shape === "entries" || shape === "list";
  if (!isList || !Array.isArray(value) || !value.every(isScalar)) return undefined;
  const texts = value.map(String);
  return shape === "list" ? [texts.join(",")] : texts;
}

function isScalar(value: unknown): value is string | number | boolean {
  return ["string", "number", "boolean"].includes(typeof value);
}

/** Empty where nothing is asked for. */
function optionText(value: unknown): string {
  if (Array.isArray(value)) return value.map(String).join(",");
  if (typeof value !== "object" || value === null) return String(value);
  return Object.keys(value).length === 0 ? "" : JSON.stringify(value);
}
