/** What `portico check` can be told: the settings of serving that matter to it, and its own. */
import { RULE_NAMES } from "../check/rules.ts";
import type { FieldList } from "../client/field-list.ts";
import { ENGINE_SETTINGS, type EngineSettings } from "./engine-settings.ts";
import { MissingTargetError, UsageError } from "./errors.ts";
import { type CommandName, flagsOf, refused } from "./flags.ts";
import { readArguments, targetOf, type Vocabulary } from "./given-arguments.ts";
import { type SettingTable, settingNames } from "./setting.ts";
import { type SettledSettings, settle } from "./setting-sources.ts";
import { aSwitch, headerFields, paths, someOf } from "./setting-types.ts";
import { SETTINGS, type Settings } from "./settings.ts";

type OfServing =
  | ("chdir" | "env" | "python" | "pythonpath" | "threads" | "timeout" | "bootTimeout")
  | keyof EngineSettings;

export interface CheckSettings extends Pick<Settings, OfServing> {
  readonly paths: readonly string[];
  readonly fields: FieldList;
  readonly strict: boolean;
  readonly ignored: readonly string[];
  readonly json: boolean;
}

const { chdir, env, python, pythonpath, threads, timeout, bootTimeout } = SETTINGS;

export const CHECK_SETTINGS: SettingTable<CheckSettings> = {
  paths: {
    section: "Check",
    flags: ["--path"],
    metavar: "PATH",
    type: paths,
    default: [],
    repeatable: true,
    help: "A path to try beside /, with its query if it needs one.",
  },
  fields: {
    section: "Check",
    flags: ["--header"],
    metavar: "NAME:VALUE",
    type: headerFields,
    default: [],
    repeatable: true,
    help: "A header field that every request has: the Host that the site answers to, a Cookie, an Authorization.",
  },
  strict: {
    section: "Check",
    flags: ["--strict"],
    type: aSwitch,
    default: false,
    help: "Fail for what an application should or should not do, too.",
  },
  ignored: {
    section: "Check",
    flags: ["--ignore"],
    metavar: "RULE",
    type: someOf(RULE_NAMES, "docs/check.md"),
    default: [],
    repeatable: true,
    help: "A rule whose breach is told and is no failure, such as one that a framework breaks and nobody here can mend.",
  },
  json: {
    section: "Check",
    flags: ["--json"],
    type: aSwitch,
    default: false,
    help: "Print the report as one JSON object (docs/check.md).",
  },
  threads,
  timeout: {
    ...timeout,
    default: 10,
    help: "How long an answer, or the next piece of it, may take; 0 for no limit.",
  },
  bootTimeout,
  chdir,
  env,
  python,
  pythonpath,
  ...ENGINE_SETTINGS,
};

const CHECKING: Vocabulary<CheckSettings> = {
  command: "portico check",
  settings: CHECK_SETTINGS,
  flags: new Map([
    ...refused(
      Object.values(SETTINGS).flatMap(({ flags }) => flags),
      "is for serving; portico check --help lists what check takes",
    ),
    ...flagsOf(CHECK_SETTINGS),
  ]),
};

export type CheckCommand =
  | { readonly kind: CommandName }
  | {
      readonly kind: "check";
      /** As typed. */
      readonly target: string;
      readonly check: CheckSettings;
      /** What the application is served with. */
      readonly serving: SettledSettings;
    };

/**
 * The command line alone gives settings: what the environment and configuration files say is about
 * where the application is deployed.
 * @throws {UsageError}
 */
export function parseCheck(argv: readonly string[]): CheckCommand {
  const given = readArguments(argv, CHECKING);
  if (given.asked !== undefined) return { kind: given.asked };
  if (given.positionals.length === 0 && given.layer.size === 0) throw new UsageError(LONELY);
  const target = targetOf(given.positionals, CHECKING.command);
  if (!target) throw new MissingTargetError(CHECKING.command);
  const { settings: check } = settle(CHECK_SETTINGS, [given.layer]);
  const served = new Map(
    settingNames(SETTINGS).flatMap((name) => {
      const texts = isOfServing(name) ? given.layer.get(name) : undefined;
      return texts === undefined ? [] : [[name, texts] as const];
    }),
  );
  const { settings, sources } = settle(SETTINGS, [served]);
  const bind = [{ kind: "tcp", host: "127.0.0.1", port: 0 }] as const;
  const serving = { settings: { ...settings, timeout: check.timeout, bind }, sources };
  return { kind: "check", target, check, serving };
}

const LONELY =
  "check needs the application to check: portico check TARGET (see portico check --help); to serve a module of that name, write portico check:application";

function isOfServing(name: keyof Settings): name is OfServing {
  return name in CHECK_SETTINGS;
}
