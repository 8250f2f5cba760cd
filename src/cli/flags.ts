/** Every flag that the command line knows, and the one that an abbreviation or a slip stands for. */
import { shown } from "../log/escapes.ts";
import { UsageError } from "./errors.ts";
import { NOT_YET, WORKER_CLASS } from "./gunicorn-options.ts";
import { SETTING_NAMES, SETTINGS, type SettingName } from "./settings.ts";

export type FlagMeaning =
  | { readonly kind: "setting"; readonly setting: SettingName }
  | { readonly kind: "command"; readonly command: CommandName }
  | { readonly kind: "worker class" }
  | { readonly kind: "not yet" };

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
  ...WORKER_CLASS.map((flag) => [flag, { kind: "worker class" }] as const),
  ...NOT_YET.map((flag) => [flag, { kind: "not yet" }] as const),
]);

/** What a flag means, spelled in full. @throws {UsageError} when Portico has no such flag. */
export function meaningOf(flag: string): FlagMeaning {
  const meaning = FLAGS.get(flag);
  if (meaning !== undefined) return meaning;
  const nearest = nearestFlag(flag);
  const hint =
    nearest === undefined ? "portico --help lists all options" : `did you mean ${nearest}?`;
  throw new UsageError(`unknown option ${shown(flag)}; ${hint}`);
}

/**
 * The long flag that this text begins, or the text itself if it begins none. Portico's own flags
 * come before those it does not have yet, so that `--work 3` sets the workers.
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
  return a?.kind === "setting" && b?.kind === "setting" && a.setting === b.setting;
}

/** The long flag of Portico's that a slip of a letter or two would turn into this one. */
function nearestFlag(text: string): string | undefined {
  if (!text.startsWith("--")) return undefined;
  const slips = text.length > 8 ? 3 : 2;
  return [...FLAGS]
    .filter(([flag, meaning]) => flag.startsWith("--") && isServing(meaning))
    .map(([flag]) => ({ flag, distance: editDistance(text, flag) }))
    .filter(({ distance }) => distance <= slips)
    .sort((a, b) => a.distance - b.distance)[0]?.flag;
}

/** Levenshtein's distance: letters to add, drop or change. */
function editDistance(from: string, to: string): number {
  let previous = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [row, letter] of [...from].entries()) {
    const current = [row + 1];
    for (const [column, wanted] of [...to].entries()) {
      const changed = (previous[column] ?? 0) + (letter === wanted ? 0 : 1);
      const dropped = (previous[column + 1] ?? 0) + 1;
      const added = (current[column] ?? 0) + 1;
      current.push(Math.min(changed, dropped, added));
    }
    previous = current;
  }
  return previous[to.length] ?? 0;
}
