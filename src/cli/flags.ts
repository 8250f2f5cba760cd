/** Every flag that the command line knows, and the one that an abbreviation or a slip stands for. */
import { shown } from "../log/escapes.ts";
import { UsageError } from "./errors.ts";
import { GUNICORN_OPTIONS, type GunicornOption } from "./gunicorn-options.ts";
import { nearestOf } from "./nearest.ts";
import { SETTING_NAMES, SETTINGS, type SettingName } from "./settings.ts";

export type FlagMeaning =
  | { readonly kind: "setting"; readonly setting: SettingName }
  | { readonly kind: "command"; readonly command: CommandName }
  | { readonly kind: "gunicorn's"; readonly option: GunicornOption };

export type CommandName = "help" | "version";

/** Flags that ask for something other than serving. */
export const COMMANDS: Readonly<
  Record<CommandName, { readonly flags: readonly string[]; readonly help: string }>
> = {
  help: { flags: ["-h", "--help"], help: "Print this and exit." },
  version: { flags: ["-v", "--version"], help: "Print Portico's version and exit." },
};

export const FLAGS: ReadonlyMap<string, FlagMeaning> = new Map<string, FlagMeaning>([
  ...SETTING_NAMES.flatMap((setting) =>
    SETTINGS[setting].flags.map((flag) => [flag, { kind: "setting", setting }] as const),
  ),
  ...COMMANDS.help.flags.map((flag) => [flag, { kind: "command", command: "help" }] as const),
  ...COMMANDS.version.flags.map((flag) => [flag, { kind: "command", command: "version" }] as const),
  ...GUNICORN_OPTIONS.flatMap((option) =>
    option.flags.map((flag) => [flag, { kind: "gunicorn's", option }] as const),
  ),
]);

/** The long flags that Portico does something about. */
const SERVING_FLAGS = [...FLAGS]
  .filter(([flag, meaning]) => flag.startsWith("--") && isServing(meaning))
  .map(([flag]) => flag);

/** What a flag means, spelled in full. @throws {UsageError} when Portico has no such flag. */
export function meaningOf(flag: string): FlagMeaning {
  const meaning = FLAGS.get(flag);
  if (meaning !== undefined) return meaning;
  const nearest = flag.startsWith("--") ? nearestOf(flag, SERVING_FLAGS) : undefined;
  const hint =
    nearest === undefined ? "portico --help lists all options" : `did you mean ${nearest}?`;
  throw new UsageError(`unknown option ${shown(flag)}; ${hint}`);
}

/**
 * The long flag that this text begins, or the text itself if it begins none. Portico's own flags
 * come before those that gunicorn alone has, so that `--work 3` sets the workers.
 * @throws {UsageError} when it begins several.
 */
export function completedFlag(text: string): string {
  if (FLAGS.has(text)) return text;
  const candidates = [...FLAGS.keys()].filter((flag) => flag.startsWith(text));
  const ours = candidates.filter((flag) => isServing(FLAGS.get(flag)));
  const [first, ...others] = ours.length > 0 ? ours : candidates;
  if (first === undefined) return text;
  if (others.some((other) => !isSameSetting(first, other))) {
    throw new UsageError(`${shown(text)} could be ${[first, ...others].join(", ")}`);
  }
  return first;
}

function isServing(meaning: FlagMeaning | undefined): boolean {
  return meaning?.kind === "setting" || meaning?.kind === "command";
}

function isSameSetting(one: string, other: string): boolean {
  const [a, b] = [FLAGS.get(one), FLAGS.get(other)];
  if (a?.kind === "gunicorn's") return b?.kind === "gunicorn's" && a.option === b.option;
  return a?.kind === "setting" && b?.kind === "setting" && a.setting === b.setting;
}
