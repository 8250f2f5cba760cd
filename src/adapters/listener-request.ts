/** An `IncomingMessage` of an environ. */
import { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { fieldsOf } from "../wsgi/environ-fields.ts";
import type { Environ, HeaderList } from "../wsgi/types.ts";
import { EnvironBody } from "./environ-body.ts";
import { carryEnviron } from "./environ-of.ts";
import type { ListenerSocket } from "./listener-socket.ts";
import { targetOf } from "./request-target.ts";

export function listenerRequest(environ: Environ, socket: ListenerSocket): IncomingMessage {
  // It is asked for addresses and for its state; nothing is read from it.
  const request = new IncomingMessage(socket as unknown as Socket);
  const body = new EnvironBody(environ);
  const version = environ.SERVER_PROTOCOL === "HTTP/1.0" ? 0 : 1;
  request.httpVersionMajor = 1;
  request.httpVersionMinor = version;
  request.httpVersion = `1.${version}`;
  request.method = environ.REQUEST_METHOD;
  const fields = fieldsOf(environ);
  // Frameworks look for a body only where one of two fields says that there is one.
  const isFramed = Boolean(environ.CONTENT_LENGTH) || !body.mayHaveBytes;
  if (!isFramed) fields.push(["transfer-encoding", "chunked"]);
  addFields(request, fields);
  request.complete = !body.mayHaveBytes;
  addTarget(request, environ);
  feed(request, body);
  carryEnviron(request, environ);
  return request;
}

/** What repeats has been joined by the server, and names are in small letters. */
function addFields(request: IncomingMessage, fields: HeaderList): void {
  request.rawHeaders = fields.flat();
  request.headers = Object.fromEntries(fields);
  request.headersDistinct = Object.fromEntries(fields.map(([name, value]) => [name, [value]]));
}

/** By the names of Express, which takes the request for one that it has mounted itself. */
function addTarget(request: IncomingMessage, environ: Environ): void {
  const { base, path, query } = targetOf(environ);
  // RFC 9112 §3.2.4: the server as a whole, which has no path.
  const isAsterisk = environ.REQUEST_URI === "*" && base === "" && path === "";
  request.url = isAsterisk ? "*" : `${path || "/"}${query}`;
  if (base !== "") {
    Object.assign(request, { baseUrl: base, originalUrl: `${base}${path}${query}` });
  }
}

/** The error of node:http for a request whose client has gone. */
export function abortedError(cause?: unknown): Error {
  return Object.assign(new Error("aborted", { cause }), { code: "ECONNRESET" });
}

function feed(request: IncomingMessage, body: EnvironBody): void {
  let isReading = false;
  const readOn = async (): Promise<void> => {
    isReading = true;
    try {
      const pieces = await body.read();
      isReading = false;
      for (const piece of pieces) request.push(piece);
      if (pieces.length > 0) return;
      request.complete = true;
      request.push(null);
    } catch (error) {
      request.destroy(abortedError(error));
    }
  };
  const { _read: begin } = request;
  // Its own, for Express gives its requests another prototype.
  request._read = (size) => {
    // node:http lets nothing be read ahead before this.
    begin.call(request, size);
    // What it rejects with, it has told the request.
    if (!isReading) void readOn();
  };
}
