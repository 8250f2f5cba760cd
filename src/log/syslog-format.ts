/** Messages of syslog (RFC 5424): what stands before an entry where syslog takes it. */
import type { LogLevel } from "./levels.ts";
import { clearedMessage, type EntryFormat, type LogEntry } from "./logger.ts";

/** RFC 5424 §6.2.1, in the order of their numbers, by gunicorn's names. */
export const SYSLOG_FACILITIES: readonly string[] = [
  ...["kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron"],
  ...["authpriv", "ftp", "ntp", "audit", "alert", "clock"],
  ...["local0", "local1", "local2", "local3", "local4", "local5", "local6", "local7"],
];

const SEVERITIES: Readonly<Record<LogLevel, number>> = {
  critical: 2,
  error: 3,
  warning: 4,
  info: 6,
  debug: 7,
};

/** What the messages of one log have in common. */
export interface SyslogSource {
  readonly facility: string;
  readonly host: string;
  /** The program's name. */
  readonly app: string;
}

/** RFC 5424 §6.2 allows visible ASCII in a header, and so many characters in each part. */
const MAX_HOST = 255;
const MAX_APP = 48;

/** Makes messages of texts. */
export type SyslogMessage = (
  text: string,
  about: { readonly level: LogLevel; readonly time: number; readonly pid: number },
) => string;

export function syslogMessages({ facility, host, app }: SyslogSource): SyslogMessage {
  const code = SYSLOG_FACILITIES.indexOf(facility) * 8;
  const who = `${headerWord(host, MAX_HOST)} ${headerWord(app, MAX_APP)}`;
  return (text, { level, time, pid }) => {
    const at = new Date(time).toISOString();
    // Neither an id of the message's kind nor structured data: the text has all.
    return `<${code + SEVERITIES[level]}>1 ${at} ${who} ${pid} - - ${text.replace(/\n$/, "")}`;
  };
}

/** Entries as messages; the text of each is what `format` makes of it, else what was logged. */
export function syslogEntries(
  message: SyslogMessage,
  format: EntryFormat | undefined,
): EntryFormat {
  return {
    entry: (entry) => message(format?.entry(entry) ?? textOf(entry), entry),
    raw: (entry) => message(format?.raw(entry) ?? textOf(entry), { ...entry, level: "error" }),
  };
}

function textOf({ message, about }: Omit<LogEntry, "level">): string {
  const text = clearedMessage(message);
  return about?.requestId === undefined ? text : `[${about.requestId}] ${text}`;
}

function headerWord(text: string, longest: number): string {
  return text.replace(/[^!-~]/g, "_").slice(0, longest) || "-";
}
