/** A log that tells somebody else, too, what it is told. */
import type { LogLevel } from "./levels.ts";
import { type Logger, loggerOf } from "./logger.ts";

/** `onLine` is told of each line before its level decides whether it is written. */
export function observedLog(
  log: Logger,
  onLine: (level: LogLevel, message: string) => void,
): Logger {
  return loggerOf(
    (level) => (message, about) => {
      onLine(level, message);
      log[level](message, about);
    },
    (text, about) => log.raw(text, about),
  );
}
