/** The settings of the process itself: where it is, what it is called, what it leaves. */
import type { SettingTable } from "./setting.ts";
import {
  aText,
  environEntries,
  environmentEntries,
  fileMode,
  optionalText,
} from "./setting-types.ts";

export interface MechanicsSettings {
  readonly chdir: string;
  readonly env: Readonly<Record<string, string>>;
  readonly environ: Readonly<Record<string, string>>;
  readonly name: string | undefined;
  readonly pid: string | undefined;
  readonly umask: number;
}

export const MECHANICS_SETTINGS: SettingTable<MechanicsSettings> = {
  chdir: {
    section: "Server Mechanics",
    flags: ["--chdir"],
    metavar: "PATH",
    type: aText,
    default: ".",
    help: "The directory to change to before the application is loaded.",
  },
  env: {
    section: "Server Mechanics",
    flags: ["-e", "--env"],
    metavar: "NAME=VALUE",
    type: environmentEntries,
    default: {},
    repeatable: true,
    help: "A variable to set in the application's process environment.",
  },
  environ: {
    section: "Server Mechanics",
    flags: ["--environ"],
    metavar: "NAME=VALUE",
    type: environEntries,
    default: {},
    repeatable: true,
    help: "A name and a value to put into the environ of every request, for an application that is configured there.",
  },
  name: {
    section: "Server Mechanics",
    flags: ["-n", "--name"],
    metavar: "NAME",
    type: optionalText,
    default: undefined,
    help: "What ps calls the server and its server workers. Python workers keep their command line, as gunicorn's do without setproctitle.",
  },
  pid: {
    section: "Server Mechanics",
    flags: ["-p", "--pid"],
    metavar: "FILE",
    type: optionalText,
    default: undefined,
    help: "A file for the server's process number, there from before it listens until it ends. If another process that runs is named in it, the server does not start.",
  },
  umask: {
    section: "Server Mechanics",
    flags: ["-m", "--umask"],
    metavar: "INT",
    type: fileMode("a mask of file modes, such as 022"),
    default: 0,
    help: "The rights that a Unix socket does not give, as octal digits with a zero in front: 0007 leaves others out.",
  },
};
