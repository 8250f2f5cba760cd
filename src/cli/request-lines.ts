/** The lines that Python's `http.server` logs of a request. */
import type { Exchange } from "../frontends/http1/server-context.ts";
import { escaped } from "../log/escapes.ts";
import type { TimeFormat } from "../log/local-time.ts";
import { CLIENT_LEFT } from "../stats/request-statistics.ts";

/** One with its line end, before it another where the answer is an error; `time` writes when it began. */
export function requestLines(exchange: Exchange, time: TimeFormat): string {
  const { request, environ, response, startTime } = exchange;
  const start = `${environ.REMOTE_ADDR || "-"} - - [${time(startTime)}]`;
  const [status = CLIENT_LEFT, reason = "Client Left"] = [
    response?.statusCode,
    response?.status.slice(4),
  ];
  const error = status >= 400 ? `${start} code ${status}, message ${reason}\n` : "";
  const line = escaped(`${request.method} ${request.target} ${request.version}`);
  return `${error}${start} "${line}" ${status} -\n`;
}
