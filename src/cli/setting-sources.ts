/** Which of several sources gives each setting its value. */
import { type Setting, type SettingTable, settingNames } from "./setting.ts";
import type { Settings } from "./settings.ts";

/** Where a setting's value comes from. */
export type SettingSource = { readonly kind: "default" } | GivenSource;

export type GivenSource =
  | { readonly kind: "environment"; readonly variable: string }
  | { readonly kind: "file"; readonly file: string; readonly key: string }
  | { readonly kind: FlagSource; readonly flag: string };

/** Where flags stand. */
export type FlagSource = "command line" | "GUNICORN_CMD_ARGS";

export type SettingSources<Values = Settings> = Readonly<Record<keyof Values, SettingSource>>;

export type EnvironmentVariables = Readonly<Record<string, string | undefined>>;

/** What a source gave one setting, in order, as the command line would write it; none for a bare switch. */
export interface GivenTexts {
  readonly source: GivenSource;
  readonly texts: readonly string[];
}

/** All that one source gave. */
export type Layer<Values = Settings> = ReadonlyMap<keyof Values, GivenTexts>;

export interface SettledSettings<Values = Settings> {
  readonly settings: Values;
  readonly sources: SettingSources<Values>;
}

/**
 * Of each setting the first layer that has it counts; the default, if none has.
 * @throws {SettingError} for the first value that is none.
 */
export function settle<Values>(
  table: SettingTable<Values>,
  layers: readonly Layer<Values>[],
): SettledSettings<Values> {
  const settled = settingNames(table).map((name) => {
    const given = layers.find((layer) => layer.has(name))?.get(name);
    return [name, settleOne(table[name], given)] as const;
  });
  const values = settled.map(([name, { value }]) => [name, value]);
  const sources = settled.map(([name, { source }]) => [name, source]);
  return {
    // Each name of the table has the value that its own type read, which the compiler cannot follow.
    settings: Object.fromEntries(values) as Values,
    sources: Object.fromEntries(sources) as SettingSources<Values>,
  };
}

function settleOne<Value>(
  setting: Setting<Value>,
  given: GivenTexts | undefined,
): { readonly value: Value; readonly source: SettingSource } {
  if (given === undefined) return { value: setting.default, source: { kind: "default" } };
  const value = setting.type.read(given.texts, originOf(given.source));
  return { value, source: given.source };
}

/** How an error names the source of a value. */
export function originOf(source: GivenSource): string {
  if (source.kind === "environment") return source.variable;
  if (source.kind === "file") return `${source.file}: ${source.key}`;
  return source.kind === "command line" ? source.flag : `${source.kind} ${source.flag}`;
}
