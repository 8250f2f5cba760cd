/** The environ of a request that nobody sends, for who calls an application himself. */
import type { Environ, ErrorStream } from "../wsgi/types.ts";
import type { ClientOptions, Piece } from "./request-options.ts";
import { environOf, headOf, makeRequest } from "./test-request.ts";

export interface EnvironOptions
  extends Pick<ClientOptions, "headers" | "host" | "scheme" | "scriptName" | "environ"> {
  readonly body?: Piece;
}

const SILENT: ErrorStream = { write: () => {}, writelines: () => {}, flush: () => {} };

/**
 * As a server makes it, of a client that stays; what is written to `wsgi.errors`, and hinted, is lost.
 * @throws {TypeError} method, host or a field cannot be sent
 * @throws {RemoteProtocolError} a server would refuse the request
 */
export function testEnviron(method: string, target: string, options: EnvironOptions = {}): Environ {
  const content = options.body === undefined ? undefined : Buffer.from(options.body);
  const body = content && { type: undefined, content };
  const request = makeRequest(method, target, options, body);
  const { environ } = environOf(request, headOf(request), {
    closed: new AbortController().signal,
    earlyHints: () => () => {},
    errors: SILENT,
  });
  return Object.assign(environ, options.environ);
}
