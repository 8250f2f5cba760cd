/** What a worker sends as LOG: text of the application, lines of its own, findings of lint. */
import { LogLevel } from "../../bridge/frames.ts";
import { decodeItems } from "../../bridge/strings.ts";
import type { LogSubject } from "../../log/log-subject.ts";
import type { Logger } from "../../log/logger.ts";
import type { OnFinding } from "../../wsgi/lint/finding.ts";

type Method = "raw" | "debug" | "info" | "warning" | "error" | "critical";

const METHODS: ReadonlyMap<number, Method> = new Map([
  [LogLevel.TEXT, "raw"],
  [LogLevel.DEBUG, "debug"],
  [LogLevel.INFO, "info"],
  [LogLevel.WARNING, "warning"],
  [LogLevel.ERROR, "error"],
  [LogLevel.CRITICAL, "critical"],
]);

export interface LogReaders {
  readonly log: Logger;
  readonly onFinding: OnFinding | undefined;
}

/** `about` is the request whose stream it came on, if that is known by an id. */
export function takeLog(
  level: number,
  payload: Buffer,
  { log, onFinding }: LogReaders,
  about: LogSubject | undefined,
): void {
  const text = payload.toString("utf8");
  if (level === LogLevel.FINDING) {
    const [rule = "", evidence = "", request = ""] = decodeItems(text);
    onFinding?.({ rule, evidence, request });
    return;
  }
  log[METHODS.get(level) ?? "error"](text, about);
}
