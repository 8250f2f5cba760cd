/** The settings of who the server runs as, and whether it leaves the terminal it was started from. */
import { quoted } from "../log/escapes.ts";
import { SettingError } from "./errors.ts";
import type { SettingTable } from "./setting.ts";
import { aSwitch, lastOf, NO_VALUE, type SettingType } from "./setting-types.ts";

/** A user or a group: its number, or its name. */
export type Account = string | number;

export interface MachineSettings {
  readonly daemon: boolean;
  readonly enableStdioInheritance: boolean;
  readonly user: Account | undefined;
  readonly group: Account | undefined;
  readonly initgroups: boolean;
}

/** `(uid_t) -1` says "no change" to the system. */
const HIGHEST_NUMBER = 2 ** 32 - 2;

const account: SettingType<Account | undefined> = {
  shape: "text",
  read(texts, origin) {
    const text = lastOf(texts);
    if (/^\d+$/.test(text) && Number(text) <= HIGHEST_NUMBER) return Number(text);
    if (/^[^\s:\d-][^\s:]*$/.test(text)) return text;
    throw new SettingError(origin, `${quoted(text)} is neither a name nor a number`);
  },
  show: (value) => (value === undefined ? NO_VALUE : String(value)),
};

export const MACHINE_SETTINGS: SettingTable<MachineSettings> = {
  daemon: {
    section: "Server Mechanics",
    flags: ["-D", "--daemon"],
    type: aSwitch,
    default: false,
    help: "Run in the background, in a session of its own. The command ends when the server is ready, with 0, or has failed, with its message and status. Give it --error-logfile, for its output goes nowhere.",
  },
  enableStdioInheritance: {
    section: "Server Mechanics",
    flags: ["-R", "--enable-stdio-inheritance"],
    type: aSwitch,
    default: false,
    help: "With --daemon: keep standard output and error as they are, such as files that the shell has opened.",
  },
  user: {
    section: "Server Mechanics",
    flags: ["-u", "--user"],
    metavar: "USER",
    type: account,
    default: undefined,
    help: "The user, by name or number, to become when the sockets and log files are open and before the application is loaded. The server becomes it too, not its workers alone. Only root can.",
  },
  group: {
    section: "Server Mechanics",
    flags: ["-g", "--group"],
    metavar: "GROUP",
    type: account,
    default: undefined,
    help: "The group to become, with --user or alone. Without it: the user's own.",
  },
  initgroups: {
    section: "Server Mechanics",
    flags: ["--initgroups"],
    type: aSwitch,
    default: false,
    help: "With --user: keep to all groups that this user is a member of, beside --group. Without it the server is in no other group.",
  },
};
