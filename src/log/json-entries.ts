/** The error log as JSON: one object a line for each entry, however many lines its message has. */
import { type JsonFields, jsonText } from "./json-text.ts";
import type { LogSubject } from "./log-subject.ts";
import type { EntryFormat, LogEntry } from "./logger.ts";
import { type TraceContext, traceContextOf } from "./trace-context.ts";

/** The names of docs/logs.md; those with dots are OpenTelemetry's, of HTTP and of processes. */
export const JSON_ENTRIES: EntryFormat = {
  entry: (entry) => lineOf(entry, entry.level, "portico.error"),
  // PEP 3333 has the stream for errors, and no word on how serious each is.
  raw: (entry) => lineOf(entry, "error", "wsgi.errors"),
};

type Source = "portico.access" | "portico.error" | "wsgi.errors";

/** What every line begins with, so that logs in one file can be told apart. */
export function headOf(
  { time, pid }: Pick<LogEntry, "time" | "pid">,
  level: string,
  logger: Source,
): JsonFields {
  return { timestamp: new Date(time).toISOString(), level, logger, pid };
}

/** What leads from a line to all others about the same request. */
export function idsOf(about: LogSubject | undefined): JsonFields {
  if (about === undefined) return NOTHING;
  const { requestId: request_id, traceparent } = about;
  const { trace_id, span_id, trace_flags } = traceContextOf(traceparent) ?? UNTRACED;
  return { request_id, trace_id, span_id, trace_flags };
}

const NOTHING: JsonFields = {};
const UNTRACED: Partial<TraceContext> = {};

function lineOf(entry: Omit<LogEntry, "level">, level: string, logger: Source): string {
  const { message, about } = entry;
  const text = jsonText(headOf(entry, level, logger), idsOf(about), {
    message: message.replace(/\n$/, ""),
    "http.request.method": about?.method,
    "url.path": about?.path,
    "worker.pid": about?.workerPid,
  });
  return `${text}\n`;
}
