/** Both logs as syslog gets them. */
import { hostname } from "node:os";
import type { AccessFormat, AccessRecord } from "../log/access-record.ts";
import { createLogger, type EntryFormat, type Logger } from "../log/logger.ts";
import { syslogEntries, syslogMessages } from "../log/syslog-format.ts";
import { SyslogSender } from "../log/syslog-sender.ts";
import type { Settings } from "./settings.ts";

/** How lines are made. */
export interface LineFormats {
  /** gunicorn's if undefined. */
  readonly entries: EntryFormat | undefined;
  readonly access: AccessFormat;
}

export interface Syslog {
  readonly error: Logger;
  /** Undefined where the access log does not go there. */
  readonly access: ((record: AccessRecord) => void) | undefined;
  readonly sender: SyslogSender;
}

/** `onTrouble` is told when messages are lost. */
export function openSyslog(
  settings: Settings,
  { entries, access }: LineFormats,
  onTrouble: (error: Error) => void,
): Syslog {
  const { logSyslogFacility: facility, logSyslogPrefix, name, logLevel: level } = settings;
  const prefix = ["portico", logSyslogPrefix ?? name].filter((part) => part !== undefined);
  const messagesOf = (log: string) =>
    syslogMessages({ facility, host: hostname(), app: [...prefix, log].join(".") });
  const sender = new SyslogSender(settings.logSyslogTo, onTrouble);
  const format = syslogEntries(messagesOf("error"), entries);
  const message = messagesOf("access");
  const writeAccess = (record: AccessRecord): void => {
    const time = record.startTime + record.durationMicroseconds / 1000;
    sender.write(message(access(record), { level: "info", time, pid: record.pid }));
  };
  return {
    error: createLogger({ destination: sender, level, format }),
    access: settings.disableRedirectAccessToSyslog ? undefined : writeAccess,
    sender,
  };
}
