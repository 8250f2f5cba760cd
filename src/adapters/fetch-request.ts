/** A `Request` of an environ. */
import { LocalProtocolError, RemoteProtocolError } from "../http/errors.ts";
import type { Environ } from "../wsgi/types.ts";
import { EnvironBody } from "./environ-body.ts";
import { fieldsOf } from "./environ-fields.ts";
import { carryEnviron } from "./environ-of.ts";
import { originOf, targetOf } from "./request-target.ts";

/** The methods that no `Request` can have (Fetch Standard, "forbidden method"). */
const FORBIDDEN: ReadonlySet<string> = new Set(["CONNECT", "TRACE", "TRACK"]);

/**
 * Its URL is that of the request below the mount, so that handlers route by it as they always do.
 * @throws {LocalProtocolError} 501: its method is one that no Request can have
 * @throws {RemoteProtocolError} its host is none
 */
export function fetchRequest(environ: Environ): Request {
  const { REQUEST_METHOD: method } = environ;
  if (FORBIDDEN.has(method)) {
    throw new LocalProtocolError(`no Request can have the method ${method}`, 501);
  }
  const { path, query } = targetOf(environ);
  const url = `${originOf(environ)}${path || "/"}${query}`;
  if (!URL.canParse(url)) throw new RemoteProtocolError("host");
  const init: RequestInit = { method, headers: fieldsOf(environ) };
  const signal = environ["portico.closed"];
  if (signal !== undefined) init.signal = signal;
  if (method !== "GET" && method !== "HEAD") addBody(init, new EnvironBody(environ));
  const request = new Request(url, init);
  carryEnviron(request, environ);
  return request;
}

function addBody(init: RequestInit, body: EnvironBody): void {
  if (!body.mayHaveBytes) return;
  init.duplex = "half";
  init.body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const pieces = await body.read();
        for (const piece of pieces) controller.enqueue(piece);
        if (pieces.length === 0) controller.close();
      },
    },
    // Nothing is read before somebody asks for it: a client may wait for a 100 Continue.
    { highWaterMark: 0 },
  );
}
