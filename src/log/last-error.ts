/** The last error that a log was given, in one line: for whoever asks how a process fares. */
import { isLogged } from "./levels.ts";
import type { Logger } from "./logger.ts";
import { observedLog } from "./observed-log.ts";

/** Plain data: it crosses between processes, and to operators as JSON. */
export interface LastError {
  /** ISO 8601, in UTC. */
  readonly at: string;
  /** One line. */
  readonly text: string;
}

/** Longer ones are cut: a page has a row for each. */
const LONGEST = 200;

/** A logger that writes to another, and keeps the last error that it was given. */
export type NotingLog = Logger & { lastError: LastError | undefined };

export function notingLog(log: Logger): NotingLog {
  const noted: Pick<NotingLog, "lastError"> = { lastError: undefined };
  const observed = observedLog(log, (level, message) => {
    if (isLogged(level, "error")) noted.lastError = lastError(message);
  });
  return Object.assign(noted, observed);
}

/** A message as it is kept. */
export function lastError(message: string, now: number = Date.now()): LastError {
  const text = inOneLine(message);
  const short = text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
  return { at: new Date(now).toISOString(), text: short };
}

/** Of a message with a traceback: what was raised, and not where. */
export function inOneLine(message: string): string {
  const [first = "", ...others] = message.split("\n");
  // Frames are indented, in Python's traces and in Node's; what was raised is not.
  const raised = others.findLast((line) => /^(?!Traceback\b)\w/.test(line));
  return raised === undefined ? first : `${first}: ${raised}`;
}
