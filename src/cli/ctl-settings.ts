/** What `portico ctl` can be told: which server, what to do with it, and how to print what it says. */
import { quoted } from "../log/escapes.ts";
import { UsageError } from "./errors.ts";
import { type CommandName, flagsOf } from "./flags.ts";
import { readArguments, type Vocabulary } from "./given-arguments.ts";
import { longFlag, type SettingTable, settingNames } from "./setting.ts";
import { settle } from "./setting-sources.ts";
import { aSwitch, optionalText, optionalWholeNumber } from "./setting-types.ts";

export interface CtlSettings {
  readonly socket: string | undefined;
  readonly pid: number | undefined;
  readonly json: boolean;
  readonly watch: boolean;
  readonly quick: boolean;
  readonly now: boolean;
}

export const CTL_SETTINGS: SettingTable<CtlSettings> = {
  socket: {
    section: "Control",
    flags: ["-s", "--socket"],
    metavar: "PATH",
    type: optionalText,
    default: undefined,
    help: "The server's control socket, as its log has it: what --control-socket said.",
  },
  pid: {
    section: "Control",
    flags: ["-p", "--pid"],
    metavar: "PID",
    type: optionalWholeNumber(1),
    default: undefined,
    help: "The server with this process number, where several of yours run.",
  },
  json: {
    section: "Control",
    flags: ["-j", "--json"],
    type: aSwitch,
    default: false,
    help: "Print what the server answers, as JSON (docs/control.md).",
  },
  watch: {
    section: "Control",
    flags: ["--watch"],
    type: aSwitch,
    default: false,
    help: "With status: print it anew each second, until Ctrl-C.",
  },
  quick: {
    section: "Control",
    flags: ["--quick"],
    type: aSwitch,
    default: false,
    help: "With stop: close every connection at once, as a second TERM does.",
  },
  now: {
    section: "Control",
    flags: ["--now"],
    type: aSwitch,
    default: false,
    help: "With kill: end the worker at once, in the middle of what it does; another takes its place.",
  },
};

export type CtlCommandName =
  | "status"
  | "workers"
  | "reload"
  | "stop"
  | "add"
  | "remove"
  | "kill"
  | "reopen"
  | "config";

export interface CommandShape {
  /** What follows the word; in brackets where it may be missing. */
  readonly operand?: "[N]" | "PID";
  readonly options?: readonly (keyof CtlSettings)[];
  /** One sentence. */
  readonly help: string;
}

/** In the order of help. */
export const CTL_COMMANDS: Readonly<Record<CtlCommandName, CommandShape>> = {
  status: { options: ["watch"], help: "Show how the server and its workers fare." },
  workers: { help: "Show the workers alone." },
  reload: {
    help: "Load the application anew, as HUP does, and wait for what comes of it: if it cannot start, the reason and status 1.",
  },
  stop: {
    options: ["quick"],
    help: "Stop the server, as TERM does, and wait until it is gone.",
  },
  add: { operand: "[N]", help: "N workers more, one if N is not given." },
  remove: { operand: "[N]", help: "N workers fewer, but at least one stays." },
  kill: {
    operand: "PID",
    options: ["now"],
    help: "Replace a worker: when its successor is ready, it finishes what it has and ends.",
  },
  reopen: { help: "Open the log files anew, as USR1 does." },
  config: { help: "Show each setting, and where its value comes from." },
};

export type CtlCommand =
  | { readonly kind: CommandName }
  | {
      readonly kind: "ctl";
      readonly command: CtlCommandName;
      /** What followed it. */
      readonly operand: number | undefined;
      readonly settings: CtlSettings;
    };

const CONTROLLING: Vocabulary<CtlSettings> = {
  command: "portico ctl",
  settings: CTL_SETTINGS,
  flags: new Map(flagsOf(CTL_SETTINGS)),
};

/** Options of every command. */
const COMMON: readonly (keyof CtlSettings)[] = ["socket", "pid", "json"];

/** @throws {UsageError} */
export function parseCtl(argv: readonly string[]): CtlCommand {
  const { asked, positionals, layer } = readArguments(argv, CONTROLLING);
  if (asked !== undefined) return { kind: asked };
  const [word, ...operands] = positionals;
  const command = commandNamed(word);
  const shape = CTL_COMMANDS[command];
  const taken = [...COMMON, ...(shape.options ?? [])];
  const stranger = settingNames(CTL_SETTINGS).find(
    (name) => layer.has(name) && !taken.includes(name),
  );
  if (stranger !== undefined) {
    throw new UsageError(`${longFlag(CTL_SETTINGS[stranger])} is not for portico ctl ${command}`);
  }
  const { settings } = settle(CTL_SETTINGS, [layer]);
  return { kind: "ctl", command, operand: operandOf(command, shape, operands), settings };
}

function commandNamed(word: string | undefined): CtlCommandName {
  const names = Object.keys(CTL_COMMANDS);
  if (word === undefined) {
    throw new UsageError(
      `portico ctl needs a command: ${names.join(", ")} (see portico ctl --help)`,
    );
  }
  if (isCommand(word)) return word;
  throw new UsageError(`portico ctl has no command ${quoted(word)}; it has ${names.join(", ")}`);
}

function isCommand(word: string): word is CtlCommandName {
  return Object.hasOwn(CTL_COMMANDS, word);
}

/** @throws {UsageError} */
function operandOf(
  command: string,
  { operand }: CommandShape,
  operands: readonly string[],
): number | undefined {
  const usage = `portico ctl ${operand === undefined ? command : `${command} ${operand}`}`;
  const surplus = operands[operand === undefined ? 0 : 1];
  if (surplus !== undefined) throw new UsageError(`${usage}: ${quoted(surplus)} is too much`);
  const [text] = operands;
  if (text !== undefined && !/^[1-9]\d{0,8}$/.test(text)) {
    throw new UsageError(`${usage}: ${quoted(text)} is not a whole number of at least 1`);
  }
  if (text === undefined && operand === "PID") throw new UsageError(`${usage}: the PID is missing`);
  return text === undefined ? undefined : Number(text);
}
