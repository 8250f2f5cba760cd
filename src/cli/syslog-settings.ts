/** The settings of syslog, as gunicorn has them: which server, and what messages say of themselves. */
import { quoted } from "../log/escapes.ts";
import { SYSLOG_FACILITIES } from "../log/syslog-format.ts";
import type { SyslogAddress } from "../log/syslog-sender.ts";
import { bindText, parsePort } from "./bind-address.ts";
import { SettingError } from "./errors.ts";
import type { SettingTable } from "./setting.ts";
import { aSwitch, lastOf, NO_VALUE, oneOf, type SettingType } from "./setting-types.ts";

export interface SyslogSettings {
  readonly logSyslog: boolean;
  readonly logSyslogTo: SyslogAddress;
  readonly logSyslogPrefix: string | undefined;
  readonly logSyslogFacility: string;
  readonly disableRedirectAccessToSyslog: boolean;
}

const DEFAULT_PORT = 514;

const syslogAddress: SettingType<SyslogAddress> = {
  shape: "text",
  read(texts, origin) {
    const text = lastOf(texts);
    const [, path, type] = /^unix:\/\/([^#]+)(?:#(.*))?$/.exec(text) ?? [];
    if (path !== undefined && (type ?? "stream") === "stream") return { kind: "unix", path };
    if (path !== undefined) {
      const remedy = "Node.js writes to streams alone; use udp://HOST:PORT";
      throw new SettingError(origin, `${quoted(text)} cannot be written to: ${remedy}`);
    }
    const [, kind, ipv6, name, port] =
      /^(udp|tcp):\/\/(?:\[([\da-fA-F:.]+)\]|([^\s:/[\]]+))(?::(\d+))?$/.exec(text) ?? [];
    const host = ipv6 ?? name;
    if (host === undefined || (kind !== "udp" && kind !== "tcp")) {
      const forms = "udp://HOST:PORT, tcp://HOST:PORT or unix://PATH";
      throw new SettingError(origin, `${quoted(text)} is not ${forms}`);
    }
    return { kind, host, port: port === undefined ? DEFAULT_PORT : parsePort(port, origin) };
  },
  show: syslogAddressText,
};

/** The address as it is written. */
export function syslogAddressText(address: SyslogAddress): string {
  if (address.kind === "unix") return `unix://${address.path}`;
  return `${address.kind}://${bindText({ ...address, kind: "tcp" })}`;
}

const prefix: SettingType<string | undefined> = {
  shape: "text",
  read(texts, origin) {
    const text = lastOf(texts);
    // With what stands around it, RFC 5424 §6.2.5 allows no more.
    if (/^[!-~]{1,32}$/.test(text)) return text;
    throw new SettingError(origin, `${quoted(text)} is not 1 to 32 letters, digits or signs`);
  },
  show: (text) => text ?? NO_VALUE,
};

const facility: SettingType<string> = oneOf(
  SYSLOG_FACILITIES,
  `is no facility; there are ${SYSLOG_FACILITIES.join(", ")}`,
);

export const SYSLOG_SETTINGS: SettingTable<SyslogSettings> = {
  logSyslog: {
    section: "Logging",
    flags: ["--log-syslog"],
    type: aSwitch,
    default: false,
    help: "Send the logs to syslog too, as messages of RFC 5424, whatever the log files are.",
  },
  logSyslogTo: {
    section: "Logging",
    flags: ["--log-syslog-to"],
    metavar: "ADDRESS",
    type: syslogAddress,
    default: { kind: "udp", host: "localhost", port: DEFAULT_PORT },
    help: "The syslog server: udp://HOST:PORT, tcp://HOST:PORT, or unix://PATH for a stream socket. /dev/log is none on most systems, and Node.js cannot write to datagram sockets.",
  },
  logSyslogPrefix: {
    section: "Logging",
    flags: ["--log-syslog-prefix"],
    metavar: "TEXT",
    type: prefix,
    default: undefined,
    help: "What the program is called in syslog: portico.TEXT.error and portico.TEXT.access. Without it --name, if there is one, stands for TEXT.",
  },
  logSyslogFacility: {
    section: "Logging",
    flags: ["--log-syslog-facility"],
    metavar: "NAME",
    type: facility,
    default: "user",
    help: "Syslog's word for where messages come from, such as user, daemon or local0.",
  },
  disableRedirectAccessToSyslog: {
    section: "Logging",
    flags: ["--disable-redirect-access-to-syslog"],
    type: aSwitch,
    default: false,
    help: "Send the error log alone to syslog. Else the access log goes there with it, whether or not it has a file.",
  },
};
