/** The access log as JSON: one object a line, by OpenTelemetry's names (docs/logs.md has the table). */
import { basicUser } from "./access-atoms.ts";
import type { AccessFormat } from "./access-record.ts";
import { headOf, idsOf } from "./json-entries.ts";
import { jsonText, textOfNative } from "./json-text.ts";
import { pathOf } from "./log-subject.ts";

const QUEUE_TIME = "portico.queue_time";

export const JSON_ACCESS_FORMAT: AccessFormat = (record) => {
  const { startTime, durationMicroseconds, pid, method, status } = record;
  const path = pathOf(record.target);
  const text = (value: unknown) => (typeof value === "string" ? textOfNative(value) : undefined);
  const queueTime = record.environ(QUEUE_TIME);
  const referer = text(record.requestHeader("referer"));
  // The time of logging, as in every other line: lines stay in the order of their times.
  const time = startTime + durationMicroseconds / 1000;
  return jsonText(headOf({ time, pid }, "info", "portico.access"), idsOf(record.about), {
    message: `${method} ${path} ${status}`,
    "http.request.method": method,
    "url.scheme": text(record.environ("wsgi.url_scheme")),
    "url.path": path,
    "url.query": record.query || undefined,
    "network.protocol.version": record.protocol.replace("HTTP/", ""),
    "http.response.status_code": status,
    "http.response.body.size": record.bytesSent,
    "http.server.request.duration": durationMicroseconds / 1_000_000,
    "portico.queue_time": typeof queueTime === "number" ? queueTime : undefined,
    "client.address": record.remoteAddress || undefined,
    "user.name": basicUser(record.requestHeader("authorization")),
    "user_agent.original": text(record.requestHeader("user-agent")),
    "http.request.header.referer": referer === undefined ? undefined : [referer],
  });
};
