/** Which of several sources gives each setting its value. */
import type { Setting } from "./setting.ts";
import { SETTING_NAMES, SETTINGS, type SettingName, type Settings } from "./settings.ts";

/** Where a setting's value comes from. */
export type SettingSource = { readonly kind: "default" } | GivenSource;

export type GivenSource =
  | { readonly kind: "environment"; readonly variable: string }
  | { readonly kind: "file"; readonly file: string; readonly key: string }
  | { readonly kind: "GUNICORN_CMD_ARGS"; readonly flag: string }
  | { readonly kind: "command line"; readonly flag: string };

export type SettingSources = Readonly<Record<SettingName, SettingSource>>;

export type EnvironmentVariables = Readonly<Record<string, string | undefined>>;

/** What a source gave one setting, in order, as the command line would write it; none for a bare switch. */
export interface GivenTexts {
  readonly source: GivenSource;
  readonly texts: readonly string[];
}

/** All that one source gave. */
export type Layer = ReadonlyMap<SettingName, GivenTexts>;

export interface SettledSettings {
  readonly settings: Settings;
  readonly sources: SettingSources;
}

/**
 * Of each setting the first layer that has it counts; the default, if none has.
 * @throws {SettingError} for the first value that is none.
 */
export function settle(layers: readonly Layer[]): SettledSettings {
  const settled = SETTING_NAMES.map((name) => {
    const given = layers.find((layer) => layer.has(name))?.get(name);
    return [name, settleOne(name, given)] as const;
  });
  const values = settled.map(([name, { value }]) => [name, value]);
  const sources = settled.map(([name, { source }]) => [name, source]);
  return {
    // Each name of the table has the value that its own type read, which the compiler cannot follow.
    settings: Object.fromEntries(values) as Settings,
    sources: Object.fromEntries(sources) as SettingSources,
  };
}

function settleOne<Name extends SettingName>(
  name: Name,
  given: GivenTexts | undefined,
): { readonly value: Settings[Name]; readonly source: SettingSource } {
  const setting: Setting<Settings[Name]> = SETTINGS[name];
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
