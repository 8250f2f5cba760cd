/** From an answered request to its lines in access logs. */
import type { Exchange } from "../frontends/http1/server-context.ts";
import type { AccessRecord } from "../log/access-record.ts";
import { CLIENT_LEFT } from "../stats/request-statistics.ts";

export function accessLog(
  ...writers: readonly ((record: AccessRecord) => void)[]
): (exchange: Exchange) => void {
  return (exchange) => {
    const record = recordOf(exchange);
    for (const write of writers) write(record);
  };
}

function recordOf(exchange: Exchange): AccessRecord {
  const { request, environ, response } = exchange;
  return {
    remoteAddress: environ.REMOTE_ADDR ?? "",
    method: request.method,
    target: request.target,
    path: environ.PATH_INFO,
    query: request.query,
    protocol: request.version,
    status: response?.statusCode ?? CLIENT_LEFT,
    bytesSent: exchange.bodyBytesSent,
    startTime: exchange.startTime,
    durationMicroseconds: Math.round(exchange.durationMilliseconds * 1000),
    pid: process.pid,
    about: exchange.about,
    requestHeader: (name) =>
      request.values[request.names.findLastIndex((field) => field.lower === name)],
    responseHeader: (name) =>
      response?.headers.findLast((header) => header[0].toLowerCase() === name)?.[1],
    environ: (name) => environ[name as `${string}.${string}`],
  };
}
