/** What a connection tells the logs about its requests. */
import type { Socket } from "node:net";
import type { RemoteProtocolError } from "../../http/errors.ts";
import type { RequestHead } from "../../http/events.ts";
import type { Environ } from "../../wsgi/types.ts";
import type { Http1Writer } from "./http1-writer.ts";
import type { Exchange, ServerLog } from "./server-context.ts";

/** One line for the operator; what the client sent is not repeated. */
export function logBadRequest(log: ServerLog, socket: Socket, error: RemoteProtocolError): void {
  const client = socket.remoteAddress ?? "a Unix socket";
  log.warning(`Invalid request from ${client}, answered ${error.statusHint}: ${error.message}`);
}

export function logFailedRequest(log: ServerLog, request: RequestHead, error: unknown): void {
  // Who carries this mark has told the log already, with more than is known here.
  if (error instanceof Error && "isLogged" in error && error.isLogged === true) return;
  if (error instanceof Error && "statusHint" in error) {
    // An error of the server's own making: where in the server it was made helps nobody.
    log.error(`Error handling request ${requestLine(request)}: ${error.message}`);
    return;
  }
  const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
  log.error(`Error handling request ${requestLine(request)}\n${what}`);
}

export function reportExchange(
  request: RequestHead,
  environ: Environ,
  writer: Http1Writer,
  durationMilliseconds: number,
): Exchange {
  return {
    request,
    environ,
    response: writer.response,
    bodyBytesSent: writer.bodyBytesSent,
    startTime: Date.now() - durationMilliseconds,
    durationMilliseconds,
  };
}

/** Method and target hold visible ASCII alone, so they cannot forge a line. */
function requestLine(request: RequestHead): string {
  return `${request.method} ${request.target}`;
}
