/** One call of an application for a request that a node:http server has received. */
import type { ServerResponse } from "node:http";
import { constants } from "node:http2";
import { resetNow } from "../gateway/reset.ts";
import { ClientDisconnected } from "../gateway/response-writer.ts";
import type { Application } from "../wsgi/types.ts";
import { asError } from "./as-error.ts";
import { report } from "./foreign-environ.ts";
import { http2StreamOf } from "./http2-stream.ts";
import { type NodeExchange, nodeEnviron } from "./node-environ.ts";
import { NodeInput } from "./node-input.ts";
import { NodeWriter } from "./node-writer.ts";
import { run } from "./run.ts";
import { withStatus } from "./with-status.ts";

export interface NodeCall extends NodeExchange {
  /** Called when there is an answer and nothing of it is written yet. */
  readonly beforeHead?: () => void;
  /**
   * Called once, when all is over: with the error that the client is still to be told of, or that has cut
   * its answer.
   */
  readonly settled: (error?: Error) => void;
}

export function callOnNode(application: Application, call: NodeCall): void {
  const { request, response, settled } = call;
  const closed = new AbortController();
  const input = new NodeInput(request);
  const environ = nodeEnviron(call, input, closed.signal);
  const writer = new NodeWriter(response, environ.REQUEST_METHOD, call.beforeHead);
  const left = (): void => {
    if (!response.writableFinished) closed.abort(new ClientDisconnected());
  };
  // Middleware may have taken its time: of a client that has left since nobody tells again.
  if (response.closed) left();
  else response.once("close", left);
  run(application, environ, writer, {
    ended: () => {
      input.release();
      settled();
    },
    failed: (error) => {
      input.release();
      settled(error instanceof ClientDisconnected ? undefined : failure(asError(error), response));
    },
  });
}

/** What is left to be done about it. */
function failure(error: Error, response: ServerResponse): Error | undefined {
  if (response.writableEnded) {
    report(error);
    return undefined;
  }
  if (response.headersSent) cut(response);
  return withStatus(error);
}

/** Ends an answer in a way that cannot be taken for its end (RFC 9112 §8, RFC 9113 §8.1). */
function cut(response: ServerResponse): void {
  const stream = http2StreamOf(response);
  if (stream === undefined) cutConnection(response);
  else stream.close(constants.NGHTTP2_INTERNAL_ERROR);
}

function cutConnection(response: ServerResponse): void {
  const { socket } = response;
  // node:http holds back what was written in this turn.
  while (socket !== null && socket.writableCorked > 0) socket.uncork();
  const isFramed = response.chunkedEncoding || response.hasHeader("Content-Length");
  if (isFramed || socket === null) response.destroy();
  else resetNow(socket);
}
