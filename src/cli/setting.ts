/** What one entry of the table of settings says. */
import type { SettingType } from "./setting-types.ts";

export const SECTIONS = [
  "Check",
  "Config File",
  "Probe",
  "Server Socket",
  "Worker Processes",
  "Server Mechanics",
  "Python",
  "HTTP",
  "Files",
  "Clients",
  "Proxies",
  "Control",
  "Logging",
  "Metrics",
  "Debugging",
] as const;

/** One entry of a table of settings, whichever command it is of. */
export interface Setting<Value> {
  readonly section: (typeof SECTIONS)[number];
  /** The short flag first, then the long ones; the first long one is the setting's own. */
  readonly flags: readonly string[];
  /** What help calls the value; a setting without one is a switch. */
  readonly metavar?: string;
  /** Where the flag may stand alone: what it then means, and which words behind it are its value. */
  readonly bare?: { readonly text: string; readonly isValue: (word: string) => boolean };
  readonly type: SettingType<Value>;
  readonly default: Value;
  /** The environment variable that hosts or gunicorn know it by, beside Portico's own. */
  readonly environment?: {
    readonly variable: string;
    /** Where it is written otherwise than the flag's value. @throws {SettingError} naming `origin` */
    readonly textsOf?: (text: string, origin: string) => readonly string[];
  };
  readonly repeatable?: true;
  /** One or more sentences, without the default. */
  readonly help: string;
}

/** A part of the table: an entry for each setting of a group. */
export type SettingTable<Group> = { readonly [Name in keyof Group]: Setting<Group[Name]> };

/** A setting's own long flag, the one that messages name. */
export function longFlag(setting: { readonly flags: readonly string[] }): string {
  return setting.flags.find((flag) => flag.startsWith("--")) ?? "";
}

/** The names of a table, in its order. */
export function settingNames<Values>(table: SettingTable<Values>): (keyof Values)[] {
  // Object.keys forgets the key's type; the table has no other keys.
  return Object.keys(table) as (keyof Values)[];
}
