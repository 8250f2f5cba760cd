/** From a request's head and its connection to the environ of PEP 3333 and RFC 3875. */
import type { RequestHead } from "../http/events.ts";
import { type FieldName, FieldRole } from "../http/fields.ts";
import type { EarlyHints, Environ, ErrorStream, InputStream } from "../wsgi/types.ts";

/** What all requests of one connection share. */
export interface ConnectionFacts {
  readonly serverName: string;
  readonly serverPort: string;
  readonly remoteAddress: string;
  readonly remotePort: string;
  readonly scheme: "http" | "https";
  readonly closed: AbortSignal;
  /** What the application of this one request may call. */
  readonly earlyHints: (request: RequestHead) => EarlyHints;
}

/** What all requests of one server share. */
export interface ServerFacts {
  readonly software: string;
  readonly multithread: boolean;
  readonly multiprocess: boolean;
  readonly errors: ErrorStream;
}

const WSGI_VERSION: readonly [1, 0] = [1, 0];

export function makeEnviron(
  head: RequestHead,
  connection: ConnectionFacts,
  server: ServerFacts,
  input: InputStream,
): Environ {
  const environ: Environ = {
    REQUEST_METHOD: head.method,
    SCRIPT_NAME: "",
    PATH_INFO: decodePath(head.rawPath),
    QUERY_STRING: head.query,
    REQUEST_URI: head.target,
    RAW_URI: head.target,
    SERVER_NAME: connection.serverName,
    SERVER_PORT: connection.serverPort,
    SERVER_PROTOCOL: head.version,
    SERVER_SOFTWARE: server.software,
    REMOTE_ADDR: connection.remoteAddress,
    REMOTE_PORT: connection.remotePort,
    "wsgi.version": WSGI_VERSION,
    "wsgi.url_scheme": connection.scheme,
    "wsgi.input": input,
    "wsgi.errors": server.errors,
    "wsgi.multithread": server.multithread,
    "wsgi.multiprocess": server.multiprocess,
    "wsgi.run_once": false,
    "wsgi.early_hints": connection.earlyHints(head),
    "portico.closed": connection.closed,
  };
  const { names, values } = head;
  for (let index = 0; index < names.length; index += 1) {
    addField(environ, names[index], values[index] ?? "");
  }
  if (head.host !== undefined) environ.HTTP_HOST = head.host;
  if (head.framing.kind === "chunked") environ["wsgi.input_terminated"] = true;
  return environ;
}

function addField(environ: Environ, name: FieldName | undefined, value: string): void {
  if (name === undefined || name.role === FieldRole.HIDDEN) return;
  // The body is shown decoded: an application that saw the coding would decode it again.
  if (name.role === FieldRole.TRANSFER_ENCODING) return;
  const key = name.metaVariable;
  const earlier = environ[key];
  // RFC 9110 §5.3: repeated fields are one list.
  environ[key] = earlier === undefined ? value : `${earlier}${name.joiner}${value}`;
}

const ESCAPE = /%([0-9A-Fa-f]{2})/g;

/** Percent-decoded once into a native string; what is no escape stays as it is. */
export function decodePath(rawPath: string): string {
  if (!rawPath.includes("%")) return rawPath;
  return rawPath.replace(ESCAPE, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 16)),
  );
}
