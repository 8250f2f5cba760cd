/** The last error that a log was given, in one line: for whoever asks how a process fares. */
import { isLogged, LOG_LEVELS, type LogLevel } from "./levels.ts";
import type { Logger } from "./logger.ts";

/** Plain data: it crosses between processes, and to operators as JSON. */
export interface LastError {
  /** ISO 8601, in UTC. */
  readonly at: string;
  /** One line. */
  readonly text: string;
}

/** Longer ones are cut: a page has a row for each. */
const LONGEST = 200;

/** A logger that writes to `log`, and tells `note` what is an error or worse. */
export function notingErrors(log: Logger, note: (error: LastError) => void): Logger {
  const methods = LOG_LEVELS.map((level) => {
    const write = (...said: Parameters<Logger[LogLevel]>): void => log[level](...said);
    if (!isLogged(level, "error")) return [level, write];
    const noted: typeof write = (...said) => {
      note(lastError(said[0]));
      write(...said);
    };
    return [level, noted];
  });
  // Object.fromEntries cannot carry the key's type; the entries are made from LOG_LEVELS itself.
  const byLevel = Object.fromEntries(methods) as Record<LogLevel, Logger[LogLevel]>;
  return { ...byLevel, raw: (text) => log.raw(text) };
}

/** A message as it is kept: of a traceback, what was raised and not where. */
export function lastError(message: string, now: number = Date.now()): LastError {
  const [first = "", ...others] = message.split("\n");
  // Frames are indented, in Python's traces and in Node's; what was raised is not.
  const raised = others.findLast((line) => /^[^\s]/.test(line));
  const text = raised === undefined ? first : `${first}: ${raised}`;
  const short = text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
  return { at: new Date(now).toISOString(), text: short };
}
