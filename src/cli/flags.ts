/** Every flag that the command line knows, and the one that an abbreviation or a slip stands for. */
import { shown } from "../log/escapes.ts";
import { UsageError } from "./errors.ts";
import { NOT_YET, WORKER_CLASS } from "./gunicorn-options.ts";
import { nearestOf } from "./nearest.ts";
import { type SettingTable, settingNames } from "./setting.ts";
import { SETTINGS, type SettingName } from "./settings.ts";

export type FlagMeaning<Name> =
  | { readonly kind: "setting"; readonly setting: Name }
  | { readonly kind: "command"; readonly command: CommandName }
  | { readonly kind: "worker class" }
  /** Known, and of no use here; the flag and this make the message. */
  | { readonly kind: "refused"; readonly because: string };

/** What each flag of a command means. */
export type FlagTable<Name> = ReadonlyMap<string, FlagMeaning<Name>>;

const COMMAND_NAMES = ["help", "version"] as const;

export type CommandName = (typeof COMMAND_NAMES)[number];

/** Flags that ask for something other than serving. */
export const COMMANDS: Readonly<
  Record<CommandName, { readonly flags: readonly string[]; readonly help: string }>
> = {
  help: { flags: ["-h", "--help"], help: "Print this and exit." },
  version: { flags: ["-v", "--version"], help: "Print Portico's version and exit." },
};

/** The flags of `portico TARGET`. */
export const FLAGS: FlagTable<SettingName> = new Map([
  ...flagsOf(SETTINGS),
  ...WORKER_CLASS.map((flag) => [flag, { kind: "worker class" }] as const),
  ...refused(NOT_YET, "is gunicorn's; Portico does not have it yet"),
]);

/** The flags of a table of settings, and those of commands. */
export function flagsOf<Values>(
  table: SettingTable<Values>,
): [string, FlagMeaning<keyof Values>][] {
  const settings = settingNames(table).flatMap((setting) =>
    table[setting].flags.map((flag): [string, FlagMeaning<keyof Values>] => [
      flag,
      { kind: "setting", setting },
    ]),
  );
  const commands = COMMAND_NAMES.flatMap((command) =>
    COMMANDS[command].flags.map((flag): [string, FlagMeaning<keyof Values>] => [
      flag,
      { kind: "command", command },
    ]),
  );
  return [...settings, ...commands];
}

/** Flags that are known and refused, each with its reason. */
export function refused(
  flags: readonly string[],
  because: string,
): (readonly [string, FlagMeaning<never>])[] {
  return flags.map((flag) => [flag, { kind: "refused", because }]);
}

/**
 * What a flag means, spelled in full; `command` is what lists its flags with --help.
 * @throws {UsageError} when there is no such flag.
 */
export function meaningOf<Name>(
  flag: string,
  flags: FlagTable<Name>,
  command: string,
): FlagMeaning<Name> {
  const meaning = flags.get(flag);
  if (meaning !== undefined) return meaning;
  const nearest = flag.startsWith("--") ? nearestOf(flag, takenFlags(flags)) : undefined;
  const hint =
    nearest === undefined ? `${command} --help lists all options` : `did you mean ${nearest}?`;
  throw new UsageError(`unknown option ${shown(flag)}; ${hint}`);
}

/**
 * The long flag that this text begins, or the text itself if it begins none. Portico's own flags
 * come before those it does not have yet, so that `--work 3` sets the workers.
 * @throws {UsageError} when it begins several.
 */
export function completedFlag<Name>(text: string, flags: FlagTable<Name>): string {
  if (flags.has(text)) return text;
  const candidates = [...flags.keys()].filter((flag) => flag.startsWith(text));
  const ours = takenFlags(flags).filter((flag) => flag.startsWith(text));
  const [first, ...others] = ours.length > 0 ? ours : candidates;
  if (first === undefined) return text;
  if (others.some((other) => !isSameSetting(flags.get(first), flags.get(other)))) {
    throw new UsageError(`${shown(text)} could be ${[first, ...others].join(", ")}`);
  }
  return first;
}

/** The long flags that something is done about. */
function takenFlags(flags: FlagTable<unknown>): string[] {
  return [...flags]
    .filter(([, { kind }]) => kind === "setting" || kind === "command")
    .map(([flag]) => flag)
    .filter((flag) => flag.startsWith("--"));
}

function isSameSetting<Name>(
  one: FlagMeaning<Name> | undefined,
  other: FlagMeaning<Name> | undefined,
): boolean {
  return one?.kind === "setting" && other?.kind === "setting" && one.setting === other.setting;
}
