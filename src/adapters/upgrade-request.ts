/** An upgrade as libraries of Node.js for other protocols take it: `handleUpgrade(request, socket, head)` of `ws`. */
import { IncomingMessage } from "node:http";
import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { fieldsOf } from "../wsgi/environ-fields.ts";
import type { Environ } from "../wsgi/types.ts";

export interface UpgradeRequest {
  /** Method, headers and `url`, which is the whole target of the request, also below a mount; no body. */
  readonly request: IncomingMessage;
  /** The connection, on which nothing has been sent. */
  readonly socket: Duplex;
  /** Empty: what has come behind the request's head is read from `socket`. */
  readonly head: Buffer;
}

/**
 * Takes the connection over; undefined where the request asks for no other protocol, or the server speaks none.
 * Whatever the client gets from here on is the library's answer, a refusal too.
 * @throws {Error} the response has begun, or the client has left
 */
export function upgradeRequest(environ: Environ): UpgradeRequest | undefined {
  const socket = environ["portico.upgrade"]?.();
  if (socket === undefined) return undefined;
  // A server gives the client's own socket; another duplex has no addresses to ask it for.
  const request = new IncomingMessage(socket instanceof Socket ? socket : new Socket());
  request.method = environ.REQUEST_METHOD;
  request.url = environ.REQUEST_URI ?? environ.SCRIPT_NAME + environ.PATH_INFO;
  request.httpVersion = "1.1";
  request.httpVersionMajor = 1;
  request.httpVersionMinor = 1;
  const headers = fieldsOf(environ);
  request.headers = Object.fromEntries(headers);
  request.rawHeaders = headers.flat();
  request.complete = true;
  request.push(null);
  return { request, socket, head: Buffer.alloc(0) };
}
