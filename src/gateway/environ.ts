/** From a request's head and its connection to the environ of PEP 3333 and RFC 3875. */

import type { RequestHead } from "../http/events.ts";
import { type FieldName, FieldRole, type HeaderMap } from "../http/fields.ts";
import { decodePath } from "../wsgi/native-string.ts";
import type { EarlyHints, Environ, ErrorStream, InputStream, NativeString } from "../wsgi/types.ts";
import { type ForwardedKind, isBelieved } from "./forwarded-kinds.ts";
import { identify } from "./request-id.ts";
import type { TlsVariables } from "./tls-variables.ts";

/** What a connection tells of its requests, or what the proxy at its other end told of one. */
export interface ConnectionFacts {
  readonly serverName: string;
  readonly serverPort: string;
  readonly remoteAddress: string;
  readonly remotePort: string;
  readonly scheme: "http" | "https";
  readonly closed: AbortSignal;
  readonly clientDisconnected: () => boolean;
  /** What the application of this one request may call. */
  readonly earlyHints: (request: RequestHead) => EarlyHints;
  /** Whether the one who sends the fields is a proxy that is believed. */
  readonly isTrusted: boolean;
  readonly scriptName: string;
  /** Comes before the request's own host. */
  readonly host: string | undefined;
  /** What is believed of the fields that proxies set; undefined where none is, and none is shown. */
  readonly believed: ReadonlySet<ForwardedKind> | undefined;
  /** Of the connection itself; undefined where this process does not speak TLS on it. */
  readonly tls: TlsVariables | undefined;
}

/** What all requests of one server share. */
export interface ServerFacts {
  readonly software: string;
  readonly multithread: boolean;
  readonly multiprocess: boolean;
  readonly headerMap: HeaderMap;
  /** What whoever deploys puts into every environ; names that the server gives are not among them. */
  readonly deployed: Readonly<Record<string, NativeString>>;
  readonly errors: ErrorStream;
  /** Whether the server says each request's id, whatever field the client sent. */
  readonly hasRequestIds: boolean;
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
    SCRIPT_NAME: connection.scriptName,
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
    "portico.client_disconnected": connection.clientDisconnected,
    "portico.queue_time": 0,
    "portico.engine": { queueTime: 0, keepsDeadline: false },
  };
  for (const name in server.deployed) environ[name as `${string}.x`] = server.deployed[name];
  if (connection.tls !== undefined) tellOfTls(environ, connection.scheme, connection.tls);
  const { names, values, repeatsFields } = head;
  for (let index = 0; index < names.length; index += 1) {
    const name = names[index];
    if (name === undefined) continue;
    const isShown = name.role === FieldRole.PLAIN || showsField(name, connection, server);
    if (!isShown) continue;
    const value = values[index] ?? "";
    if (repeatsFields) addField(environ, name, value);
    else environ[name.metaVariable] = value;
  }
  const host = connection.host ?? head.host;
  if (host !== undefined) environ.HTTP_HOST = host;
  if (head.framing.kind === "chunked") environ["wsgi.input_terminated"] = true;
  if (server.hasRequestIds) identify(environ, head, connection.isTrusted);
  return environ;
}

/** HTTPS is what the client speaks, which a trusted proxy in between may know better. */
function tellOfTls(environ: Environ, scheme: ConnectionFacts["scheme"], tls: TlsVariables): void {
  Object.assign(environ, tls);
  if (scheme === "https") environ.HTTPS = "on";
}

function showsField(name: FieldName, connection: ConnectionFacts, server: ServerFacts): boolean {
  switch (name.role) {
    case FieldRole.HIDDEN:
    case FieldRole.IMPOSTOR:
    // The body is shown decoded: an application that saw the coding would decode it again.
    case FieldRole.TRANSFER_ENCODING:
      return false;
    case FieldRole.UNDERSCORE:
      return server.headerMap === "dangerous";
    case FieldRole.REQUEST_ID:
      return !server.hasRequestIds;
    case FieldRole.FORWARDED:
      return connection.believed !== undefined && isBelieved(name.lower, connection.believed);
    default:
      return true;
  }
}

function addField(environ: Environ, name: FieldName, value: string): void {
  const key = name.metaVariable;
  const earlier = environ[key];
  // RFC 9110 §5.3: repeated fields are one list.
  environ[key] = earlier === undefined ? value : `${earlier}${name.joiner}${value}`;
}
