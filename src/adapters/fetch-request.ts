/** A `Request` of an environ. */
import { LocalProtocolError } from "../http/errors.ts";
import { fieldsOf } from "../wsgi/environ-fields.ts";
import type { Environ } from "../wsgi/types.ts";
import type { ClientSignal } from "./client-signal.ts";
import { EnvironBody } from "./environ-body.ts";
import { carryEnviron } from "./environ-of.ts";
import { fetchUrl } from "./fetch-url.ts";
import { makeLazyRequest } from "./lazy-request.ts";

/** The methods that no `Request` can have (Fetch Standard, "forbidden method"). */
const FORBIDDEN: ReadonlySet<string> = new Set(["CONNECT", "TRACE", "TRACK"]);

/**
 * @throws {LocalProtocolError} 501: its method is one that no Request can have
 * @throws {RemoteProtocolError} its host is none
 */
export function fetchRequest(environ: Environ, client: ClientSignal): Request {
  const { REQUEST_METHOD: method } = environ;
  if (FORBIDDEN.has(method)) {
    throw new LocalProtocolError(`no Request can have the method ${method}`, 501);
  }
  const url = fetchUrl(environ);
  const make = (headers: Headers | [string, string][]): Request =>
    new Request(url, requestInit(environ, headers, client));
  const request = makeLazyRequest?.({ environ, url, client, make }) ?? make(fieldsOf(environ));
  carryEnviron(request, environ);
  return request;
}

function requestInit(
  environ: Environ,
  headers: Headers | [string, string][],
  client: ClientSignal,
): RequestInit {
  const { REQUEST_METHOD: method } = environ;
  const init: RequestInit = { method, headers, signal: client.signal };
  if (method !== "GET" && method !== "HEAD") addBody(init, new EnvironBody(environ));
  return init;
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
