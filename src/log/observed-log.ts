/** A log that tells somebody else, too, what it is told. */
import { LOG_LEVELS, type LogLevel } from "./levels.ts";
import type { Logger } from "./logger.ts";

/** `onLine` is told of each line before its level decides whether it is written. */
export function observedLog(
  log: Logger,
  onLine: (level: LogLevel, message: string) => void,
): Logger {
  const methods = LOG_LEVELS.map((level) => [
    level,
    (message: string) => {
      onLine(level, message);
      log[level](message);
    },
  ]);
  // Object.fromEntries cannot carry the key's type; the entries are made from LOG_LEVELS itself.
  const byLevel = Object.fromEntries(methods) as Record<LogLevel, (message: string) => void>;
  return { ...byLevel, raw: (text) => log.raw(text) };
}
