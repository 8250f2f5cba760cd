/** What a message of node:http2 has in its compatible interface, and one of node:http has not. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { ServerHttp2Stream } from "node:http2";

/** The stream of a request or a response of HTTP/2, which Vite speaks over TLS; undefined for HTTP/1.1. */
export function http2StreamOf(
  message: IncomingMessage | ServerResponse,
): ServerHttp2Stream | undefined {
  // A response of node:http2 has lost it when it is over.
  return (message as { stream?: ServerHttp2Stream | null }).stream ?? undefined;
}
