/** The error log: levelled lines in gunicorn's format, and the text applications write to `wsgi.errors`. */
import { escaped } from "./escapes.ts";
import { isLogged, LOG_LEVELS, type LogLevel } from "./levels.ts";
import { errorLogTime, type TimeFormat } from "./local-time.ts";
import type { LogSubject } from "./log-subject.ts";

/**
 * One method for each level. A message may have several lines, as a traceback has, so the caller
 * cites what a client sent with `quoted` from ./escapes.ts: else a client could forge a line.
 */
export type Logger = Readonly<Record<LogLevel, (message: string, about?: LogSubject) => void>> & {
  /** Text as an application wrote it: no time, no level, no line end added. */
  raw(text: string, about?: LogSubject): void;
};

/** Where log text goes; a `LogFile` is one. */
export interface LogDestination {
  write(text: string): void;
}

/** What one call of a logger says. */
export interface LogEntry {
  readonly level: LogLevel;
  readonly message: string;
  /** In milliseconds since 1970. */
  readonly time: number;
  readonly pid: number;
  readonly about: LogSubject | undefined;
}

/** Makes text of what is logged, line ends included. */
export interface EntryFormat {
  entry(entry: LogEntry): string;
  /** An application's text, which is of no level. */
  raw(entry: Omit<LogEntry, "level">): string;
}

export interface LoggerOptions {
  readonly destination: LogDestination;
  /** Lines below this level are dropped; `info` if not given. */
  readonly level?: LogLevel;
  /** gunicorn's if not given. */
  readonly format?: EntryFormat;
  /** The process that the lines name; this one if not given. */
  readonly pid?: number;
  /** The clock, in milliseconds since 1970. */
  readonly now?: () => number;
}

/** A logger whose lines read `[2026-11-21 03:58:09 +0000] [4711] [INFO] message`, if no format is given. */
export function createLogger(options: LoggerOptions): Logger {
  const { destination, format = new TextEntries(), pid = process.pid, now = Date.now } = options;
  const threshold = options.level ?? "info";
  const methodOf = (level: LogLevel): Write => {
    if (!isLogged(level, threshold)) return ignore;
    return (message, about) =>
      destination.write(format.entry({ level, message, time: now(), pid, about }));
  };
  return loggerOf(methodOf, (text, about) => {
    if (text !== "") destination.write(format.raw({ message: text, time: now(), pid, about }));
  });
}

/** A logger whose entries go to both. */
export function bothLoggers(one: Logger, other: Logger): Logger {
  const methodOf =
    (name: keyof Logger): Write =>
    (text, about) => {
      one[name](text, about);
      other[name](text, about);
    };
  return loggerOf(methodOf, methodOf("raw"));
}

type Write = Logger[keyof Logger];

export function loggerOf(methodOf: (level: LogLevel) => Write, raw: Write): Logger {
  const methods = LOG_LEVELS.map((level) => [level, methodOf(level)]);
  // Object.fromEntries cannot carry the key's type; the entries are made from LOG_LEVELS itself.
  return { ...(Object.fromEntries(methods) as Record<LogLevel, Write>), raw };
}

// A traceback quotes what its exception says, which may be a client's words: of controls, its lines and tabs stay.
const DRIVES_TERMINALS = /[\x00-\x08\x0b-\x1f\x7f-\x9f]/g;

/** A line of a message that would pass for an entry of its own. */
const FORGED_ENTRY = /\n(?=\[\d{4}-)/g;

/** A message as text may show it. */
export function clearedMessage(message: string): string {
  return message.replace(DRIVES_TERMINALS, escaped).replace(FORGED_ENTRY, "\n  ");
}

class TextEntries implements EntryFormat {
  readonly #time: TimeFormat = errorLogTime();
  #rawTextIsMidLine = false;

  entry({ level, message, time, pid, about }: LogEntry): string {
    const start = this.#rawTextIsMidLine ? "\n" : "";
    const id = about?.requestId === undefined ? "" : `[${about.requestId}] `;
    const text = clearedMessage(message);
    const end = message.endsWith("\n") ? "" : "\n";
    this.#rawTextIsMidLine = false;
    return `${start}${this.#time(time)} [${pid}] [${level.toUpperCase()}] ${id}${text}${end}`;
  }

  raw({ message }: Omit<LogEntry, "level">): string {
    this.#rawTextIsMidLine = !message.endsWith("\n");
    return message;
  }
}

function ignore(): void {}
