/** The settings of the socket that operators control a server over. */
import type { SettingTable } from "./setting.ts";
import { aSwitch, fileMode, optionalText } from "./setting-types.ts";

export interface ControlSettings {
  readonly controlSocket: string | undefined;
  readonly controlSocketMode: number;
  readonly noControlSocket: boolean;
}

export const CONTROL_SETTINGS: SettingTable<ControlSettings> = {
  controlSocket: {
    section: "Control",
    flags: ["--control-socket"],
    metavar: "PATH",
    type: optionalText,
    default: undefined,
    help: "The Unix socket for portico ctl. Without it there is one named for the server's pid in a directory of the user's own, where portico ctl looks (docs/control.md).",
  },
  controlSocketMode: {
    section: "Control",
    flags: ["--control-socket-mode"],
    metavar: "INT",
    type: fileMode("a file mode, such as 0660"),
    default: 0o600,
    help: "The rights of that socket's file, as octal digits with a zero in front. Who can write to it can stop the server.",
  },
  noControlSocket: {
    section: "Control",
    flags: ["--no-control-socket"],
    type: aSwitch,
    default: false,
    help: "Open no control socket.",
  },
};
