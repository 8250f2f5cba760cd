/**
 * PEP 3333, the Web Server Gateway Interface, as TypeScript types.
 *
 * Servers, applications and middleware meet here and nowhere else, so this
 * file runs nothing, and imports one type of Node.js.
 */
import type { Duplex } from "node:stream";

/** Text in which every character is one byte, U+0000 to U+00FF: a PEP 3333 "native string". */
export type NativeString = string;

/** Response headers in the order they go out. Names may repeat, as `Set-Cookie` does. */
export type HeaderList = [name: NativeString, value: NativeString][];

/** One request: CGI variables, `HTTP_*` request headers, `wsgi.*` values and extensions. */
export interface Environ {
  REQUEST_METHOD: NativeString;
  SCRIPT_NAME: NativeString;
  PATH_INFO: NativeString;
  QUERY_STRING: NativeString;
  SERVER_NAME: NativeString;
  SERVER_PORT: NativeString;
  SERVER_PROTOCOL: NativeString;
  SERVER_SOFTWARE?: NativeString;
  /** The request-target exactly as the client sent it; `RAW_URI` is gunicorn's name for it. */
  REQUEST_URI?: NativeString;
  RAW_URI?: NativeString;
  CONTENT_TYPE?: NativeString;
  CONTENT_LENGTH?: NativeString;
  REMOTE_ADDR?: NativeString;
  REMOTE_PORT?: NativeString;
  /** Who has proved to be whom, and how, where a server or middleware has asked (RFC 3875 §4.1). */
  REMOTE_USER?: NativeString;
  AUTH_TYPE?: NativeString;
  /** `on` where the server itself speaks TLS with the client; then `SSL_*` are there, as mod_ssl names them. */
  HTTPS?: NativeString;
  [variable: `SSL_${string}`]: NativeString | undefined;
  [header: `HTTP_${string}`]: NativeString | undefined;

  "wsgi.version": readonly [1, 0];
  "wsgi.url_scheme": "http" | "https";
  "wsgi.input": InputStream;
  "wsgi.errors": ErrorStream;
  "wsgi.multithread": boolean;
  "wsgi.multiprocess": boolean;
  "wsgi.run_once": boolean;
  "wsgi.input_terminated"?: boolean;
  /** Sends `103 Early Hints` now; as often as wished until the response begins. */
  "wsgi.early_hints"?: EarlyHints;
  /**
   * Aborts when the client's connection is gone, or the answer has taken too long; of a connection that was
   * taken over, also when the server stops.
   */
  "portico.closed"?: AbortSignal;
  /** Whether it has: the same, for who looks now and then, and the same in Python. */
  "portico.client_disconnected"?: () => boolean;
  /** Seconds that the request has waited for a worker process; 0 where it needs none. */
  "portico.queue_time"?: number;
  /** For engines: what they tell the server of this request. */
  "portico.engine"?: EngineNotes;
  /** The request's id in the logs, where requests have ids. */
  "portico.request_id"?: NativeString;
  /** Where the request asks for another protocol; no Python application has it. */
  "portico.upgrade"?: Upgrade;
  [extension: `${string}.${string}`]: unknown;
}

/** What an engine that runs a request tells its server, past all middleware. */
export interface EngineNotes {
  /** Seconds that the request has waited for a worker process. */
  queueTime: number;
  /** Whether the engine answers in time itself; the server then keeps no deadline. */
  keepsDeadline: boolean;
}

/** The request body. An empty result means the end (PEP 3333, "Input and Error Streams"). */
export interface InputStream extends AsyncIterable<Uint8Array> {
  /** At most `size` bytes; without `size`, all that is left. */
  read(size?: number): Promise<Uint8Array>;
  /** Up to and including the next LF, at most `size` bytes. */
  readline(size?: number): Promise<Uint8Array>;
  /** Lines until `hint` bytes are reached; without `hint`, all. */
  readlines(hint?: number): Promise<Uint8Array[]>;
}

/** Text for the server's error log. */
export interface ErrorStream {
  write(text: string): void;
  writelines(lines: Iterable<string>): void;
  flush(): void;
}

/** Resolves when the server is ready for more. Prefer returning a {@link ResponseBody}. */
export type Write = (data: Uint8Array) => Promise<void>;

export type StartResponse = (status: NativeString, headers: HeaderList, excInfo?: Error) => Write;

/**
 * Takes the headers of a `103 Early Hints` response (RFC 8297), as `Link`. An HTTP/1.0 client and one
 * that does not read are sent nothing.
 */
export type EarlyHints = (headers: HeaderList) => void;

/**
 * Takes the connection over from HTTP (RFC 9110 §7.8), before an answer has begun: what is read and written from
 * here on is the application's, which ends it. With headers a `101 Switching Protocols` goes out first, with them
 * and `Connection: upgrade`; `Upgrade` must be among them and name what the request asks for. Without headers
 * nothing does: the application, or a library that it uses, says 101 itself. An error of the duplex destroys it.
 * The application then calls `startResponse("101 Switching Protocols", [])`, which sends nothing, and returns `[]`.
 */
export type Upgrade = (headers?: HeaderList) => Duplex;

/** What an application returns: chunks of bytes, and a `close` the server always calls. */
export type ResponseBody = (Iterable<Uint8Array> | AsyncIterable<Uint8Array>) & {
  close?(): void | Promise<void>;
};

export type Application = (
  environ: Environ,
  startResponse: StartResponse,
) => ResponseBody | Promise<ResponseBody>;

/** Takes the application to wrap and returns the wrapped one. */
export type Middleware = (application: Application) => Application;
