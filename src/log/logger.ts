/** The error log: levelled lines in gunicorn's format, and the text applications write to `wsgi.errors`. */
import { isLogged, LOG_LEVELS, type LogLevel } from "./levels.ts";
import { errorLogTime, type TimeFormat } from "./local-time.ts";

/**
 * One method for each level. A message may have several lines, as a traceback has, so the caller
 * cites what a client sent with `quoted` from ./escapes.ts: else a client could forge a line.
 */
export type Logger = Readonly<Record<LogLevel, (message: string) => void>> & {
  /** Text as an application wrote it: no time, no level, no line end added. */
  raw(text: string): void;
};

/** Where log text goes; a `LogFile` is one. */
export interface LogDestination {
  write(text: string): void;
}

export interface LoggerOptions {
  readonly destination: LogDestination;
  /** Lines below this level are dropped; `info` if not given. */
  readonly level?: LogLevel;
  /** The process that the lines name; this one if not given. */
  readonly pid?: number;
  /** The clock, in milliseconds since 1970. */
  readonly now?: () => number;
}

/** A logger whose lines read `[2026-11-21 03:58:09 +0000] [4711] [INFO] message`. */
export function createLogger(options: LoggerOptions): Logger {
  const lines = new LineWriter(options);
  const threshold = options.level ?? "info";
  const methods = LOG_LEVELS.map((level) => [
    level,
    isLogged(level, threshold) ? (message: string) => lines.line(level, message) : ignore,
  ]);
  // Object.fromEntries cannot carry the key's type; the entries are made from LOG_LEVELS itself.
  const byLevel = Object.fromEntries(methods) as Record<LogLevel, (message: string) => void>;
  return { ...byLevel, raw: (text) => lines.raw(text) };
}

class LineWriter {
  readonly #destination: LogDestination;
  readonly #pid: number;
  readonly #now: () => number;
  readonly #time: TimeFormat = errorLogTime();
  #rawTextIsMidLine = false;

  constructor(options: LoggerOptions) {
    this.#destination = options.destination;
    this.#pid = options.pid ?? process.pid;
    this.#now = options.now ?? Date.now;
  }

  line(level: LogLevel, message: string): void {
    const start = this.#rawTextIsMidLine ? "\n" : "";
    const end = message.endsWith("\n") ? "" : "\n";
    const time = this.#time(this.#now());
    this.#rawTextIsMidLine = false;
    this.#destination.write(
      `${start}${time} [${this.#pid}] [${level.toUpperCase()}] ${message}${end}`,
    );
  }

  raw(text: string): void {
    if (text === "") return;
    this.#rawTextIsMidLine = !text.endsWith("\n");
    this.#destination.write(text);
  }
}

function ignore(): void {}
