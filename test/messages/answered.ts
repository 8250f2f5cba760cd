/** What an application answers to an environ that a test has made. */
import type { createClient } from "../../src/testing/client.ts";
import type { Application, Environ, HeaderList, InputStream } from "../../src/wsgi/types.ts";

export type TestResponse = Awaited<ReturnType<ReturnType<typeof createClient>["get"]>>;

export interface Asked {
  readonly method?: string;
  readonly target?: string;
  readonly scheme?: "http" | "https";
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  readonly signal?: AbortSignal;
}

export function environOf({ method = "GET", target = "/", ...asked }: Asked): Environ {
  const [path = "", query = ""] = target.split("?");
  const body = Buffer.from(asked.body ?? "");
  const environ: Environ = {
    REQUEST_METHOD: method,
    SCRIPT_NAME: "",
    PATH_INFO: decodeURIComponent(path),
    QUERY_STRING: query,
    SERVER_NAME: "localhost",
    SERVER_PORT: "80",
    SERVER_PROTOCOL: "HTTP/1.1",
    REMOTE_ADDR: "127.0.0.1",
    HTTP_HOST: "localhost",
    "wsgi.version": [1, 0],
    "wsgi.url_scheme": asked.scheme ?? "http",
    "wsgi.input": inPieces(body, []),
    "wsgi.errors": { write: () => {}, writelines: () => {}, flush: () => {} },
    "wsgi.multithread": false,
    "wsgi.multiprocess": false,
    "wsgi.run_once": false,
  };
  if (asked.body !== undefined) environ.CONTENT_LENGTH = String(body.length);
  if (asked.signal !== undefined) environ["portico.closed"] = asked.signal;
  for (const [name, value] of Object.entries(asked.headers ?? {})) {
    const variable = name.toUpperCase().replaceAll("-", "_");
    if (variable === "CONTENT_TYPE") environ.CONTENT_TYPE = value;
    else environ[`HTTP_${variable}`] = value;
  }
  return environ;
}

/** An input whose reads end at `cuts`, and at what is asked for. */
export function inPieces(body: Uint8Array, cuts: readonly number[]): InputStream {
  const ends = [...cuts, body.length];
  let at = 0;
  const read = async (size = body.length): Promise<Uint8Array> => {
    const end = ends.find((each) => each > at) ?? at;
    const piece = body.subarray(at, Math.min(end, at + size));
    at += piece.length;
    return piece;
  };
  const unused = (): never => {
    throw new Error("bodies are read by read()");
  };
  return { read, readline: unused, readlines: unused, [Symbol.asyncIterator]: unused };
}

export interface Head {
  readonly status: string;
  readonly headers: HeaderList;
}

/** The head alone; the body is closed unread. */
export async function runForHead(application: Application, asked: Asked = {}): Promise<Head> {
  let head: Head | undefined;
  const body = await application(environOf(asked), (status, headers) => {
    head = { status, headers };
    return async () => {};
  });
  await body.close?.();
  if (head === undefined) throw new Error("the application answered nothing");
  return head;
}
