/** The environ of a request that nobody sent. */
import type { Environ, InputStream } from "../wsgi/types.ts";

export interface RequestOptions {
  readonly headers?: Readonly<Record<string, string>>;
  /** Text is sent as UTF-8. */
  readonly body?: string | Uint8Array;
}

export function testEnviron(method: string, target: string, options: RequestOptions): Environ {
  const url = new URL(target, "http://localhost");
  const body = Buffer.from(options.body ?? "");
  const environ: Environ = {
    REQUEST_METHOD: method,
    SCRIPT_NAME: "",
    PATH_INFO: decodePercents(url.pathname),
    QUERY_STRING: url.search.slice(1),
    SERVER_NAME: url.hostname,
    SERVER_PORT: url.port || "80",
    SERVER_PROTOCOL: "HTTP/1.1",
    REMOTE_ADDR: "127.0.0.1",
    HTTP_HOST: url.host,
    "wsgi.version": [1, 0],
    "wsgi.url_scheme": "http",
    "wsgi.input": inputOf(body),
    "wsgi.errors": { write: () => {}, writelines: () => {}, flush: () => {} },
    "wsgi.multithread": false,
    "wsgi.multiprocess": false,
    "wsgi.run_once": false,
  };
  if (options.body !== undefined) environ.CONTENT_LENGTH = String(body.length);
  for (const [name, value] of Object.entries(options.headers ?? {})) {
    environ[metaVariable(name)] = value;
  }
  return environ;
}

function metaVariable(name: string): `HTTP_${string}` {
  const upper = name.toUpperCase().replaceAll("-", "_");
  const isPlain = upper === "CONTENT_TYPE" || upper === "CONTENT_LENGTH";
  // The two that RFC 3875 §4.1 gives a name of their own; both are keys of an environ.
  return (isPlain ? upper : `HTTP_${upper}`) as `HTTP_${string}`;
}

function decodePercents(path: string): string {
  return path.replaceAll(/%([0-9A-Fa-f]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

function inputOf(body: Uint8Array): InputStream {
  let at = 0;
  const take = (end: number): Uint8Array => {
    const part = body.subarray(at, end);
    at = Math.min(end, body.length);
    return part;
  };
  const nextLine = (size = -1): Uint8Array => {
    const lineEnd = body.indexOf(0x0a, at) + 1 || body.length;
    return take(size < 0 ? lineEnd : Math.min(lineEnd, at + size));
  };
  const lines = function* (): Generator<Uint8Array> {
    for (let line = nextLine(); line.length > 0; line = nextLine()) yield line;
  };
  return {
    read: async (size = -1) => take(size < 0 ? body.length : at + size),
    readline: async (size) => nextLine(size),
    readlines: async () => [...lines()],
    async *[Symbol.asyncIterator]() {
      yield* lines();
    },
  };
}
