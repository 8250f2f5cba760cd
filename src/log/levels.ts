/** How serious a log line is: gunicorn's five levels, in rising order. */

export const LOG_LEVELS = ["debug", "info", "warning", "error", "critical"] as const;

export type LogLevel = (typeof LOG_LEVELS)[number];

/** Whether a log set to `threshold` keeps a line of `level`. */
export function isLogged(level: LogLevel, threshold: LogLevel): boolean {
  return LOG_LEVELS.indexOf(level) >= LOG_LEVELS.indexOf(threshold);
}
