/** Which of command line, environment and default gives each setting its value. */
import { type Setting, type SettingTable, settingNames } from "./setting.ts";
import type { Settings } from "./settings.ts";

/** Where a setting's value comes from. */
export type SettingSource =
  | { readonly kind: "default" }
  | { readonly kind: "environment"; readonly variable: string }
  | { readonly kind: "command line"; readonly flag: string };

export type SettingSources<Values = Settings> = Readonly<Record<keyof Values, SettingSource>>;

export type EnvironmentVariables = Readonly<Record<string, string | undefined>>;

/** What the command line gave one setting, in order, and the flag that gave it. */
export interface GivenTexts {
  readonly flag: string;
  readonly texts: readonly string[];
}

export interface SettledSettings<Values = Settings> {
  readonly settings: Values;
  readonly sources: SettingSources<Values>;
}

/**
 * The command line comes before the environment, and that before the default.
 * @throws {SettingError} for the first value that is none.
 */
export function settle<Values>(
  table: SettingTable<Values>,
  given: ReadonlyMap<keyof Values, GivenTexts>,
  environment: EnvironmentVariables,
): SettledSettings<Values> {
  const settled = settingNames(table).map(
    (name) => [name, settleOne(table[name], given.get(name), environment)] as const,
  );
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
  environment: EnvironmentVariables,
): { readonly value: Value; readonly source: SettingSource } {
  if (given !== undefined) {
    const value = setting.type.read(given.texts, given.flag);
    return { value, source: { kind: "command line", flag: given.flag } };
  }
  const variable = setting.environment?.variable ?? "";
  const text = environment[variable];
  if (setting.environment === undefined || text === undefined || text === "") {
    return { value: setting.default, source: { kind: "default" } };
  }
  const value = setting.environment.read(text, variable);
  return { value, source: { kind: "environment", variable } };
}
