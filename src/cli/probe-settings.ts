/** What `portico probe` can be told: where the server is, and what it was started with. */
import type { Expectations } from "../probe/expectations.ts";
import { UsageError } from "./errors.ts";
import { type CommandName, flagsOf, refused } from "./flags.ts";
import { readArguments, type Vocabulary } from "./given-arguments.ts";
import type { SettingTable } from "./setting.ts";
import { settle } from "./setting-sources.ts";
import {
  applicationLanguage,
  aSwitch,
  environmentEntries,
  optionalPath,
  optionalText,
  optionalWholeNumber,
} from "./setting-types.ts";
import { SETTINGS } from "./settings.ts";

export interface ProbeSettings {
  readonly application: "python" | "typescript" | undefined;
  readonly rows: string | undefined;
  readonly json: boolean;
  readonly threads: number | undefined;
  readonly processes: number | undefined;
  readonly mount: string | undefined;
  readonly environ: Readonly<Record<string, string>>;
}

export const PROBE_SETTINGS: SettingTable<ProbeSettings> = {
  application: {
    section: "Probe",
    flags: ["--application"],
    metavar: "[LANGUAGE]",
    bare: { text: "python", isValue: (word) => word === "python" || word === "typescript" },
    type: applicationLanguage,
    default: undefined,
    help: "Print the path of the application that the server must serve, in python or typescript, and exit. Without a language it is python.",
  },
  rows: {
    section: "Probe",
    flags: ["--rows"],
    metavar: "TEXT",
    type: optionalText,
    default: undefined,
    help: "Judge only the rows whose name contains this.",
  },
  json: {
    section: "Probe",
    flags: ["--json"],
    type: aSwitch,
    default: false,
    help: "Print the report as one JSON object (docs/probe.md).",
  },
  threads: {
    section: "Probe",
    flags: ["--threads"],
    metavar: "INT",
    type: optionalWholeNumber(1),
    default: undefined,
    help: "How many threads of each process run the application.",
  },
  processes: {
    section: "Probe",
    flags: ["--processes"],
    metavar: "INT",
    type: optionalWholeNumber(1),
    default: undefined,
    help: "How many processes run the application.",
  },
  mount: {
    section: "Probe",
    flags: ["--mount"],
    metavar: "PATH",
    type: optionalPath,
    default: undefined,
    help: "Where the application is mounted beside the root.",
  },
  environ: {
    section: "Probe",
    flags: ["--environ"],
    metavar: "NAME=VALUE",
    type: environmentEntries,
    default: {},
    repeatable: true,
    help: "A name and a value that the server was told to put into environ.",
  },
};

const PROBING: Vocabulary<ProbeSettings> = {
  command: "portico probe",
  settings: PROBE_SETTINGS,
  flags: new Map([
    ...refused(
      Object.values(SETTINGS).flatMap(({ flags }) => flags),
      "is for serving; portico probe --help lists what probe takes",
    ),
    ...flagsOf(PROBE_SETTINGS),
  ]),
};

export type ProbeCommand =
  | { readonly kind: CommandName }
  | { readonly kind: "application"; readonly language: "python" | "typescript" }
  | ProbeOrder;

export interface ProbeOrder {
  readonly kind: "probe";
  /** Without a path. */
  readonly url: URL;
  readonly rows: string | undefined;
  readonly json: boolean;
  readonly expectations: Expectations;
}

/**
 * The command line alone gives settings: the environment and configuration files say nothing of
 * another server.
 * @throws {UsageError}
 */
export function parseProbe(argv: readonly string[]): ProbeCommand {
  const given = readArguments(argv, PROBING);
  if (given.asked !== undefined) return { kind: given.asked };
  const { settings } = settle(PROBE_SETTINGS, [given.layer]);
  const { application, rows, json, threads, processes, mount, environ } = settings;
  if (application !== undefined) return { kind: "application", language: application };
  const expectations: Expectations = {
    ...(threads !== undefined && { threads }),
    ...(processes !== undefined && { processes }),
    ...(mount !== undefined && { mount }),
    ...(Object.keys(environ).length > 0 && { environ }),
  };
  return { kind: "probe", url: urlOf(given.positionals), rows, json, expectations };
}

function urlOf(positionals: readonly string[]): URL {
  const [text, another] = positionals;
  if (text === undefined) throw new UsageError(LONELY);
  if (another !== undefined) {
    throw new UsageError(`two servers given, ${text} and ${another}; portico probe takes one`);
  }
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || url.protocol !== "http:") {
    throw new UsageError(`${text} is no URL of a server over plain HTTP; write http://HOST:PORT`);
  }
  if (url.pathname !== "/" || url.search !== "" || url.hash !== "" || url.username !== "") {
    throw new UsageError(
      `${text}: the probe application is probed at the server's root; write ${url.origin}, and --mount for where else it is`,
    );
  }
  return url;
}

const LONELY =
  "probe needs the server to probe: portico probe http://HOST:PORT (see portico probe --help); to serve a module of that name, write portico probe:application";
