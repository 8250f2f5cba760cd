/**
 * A request of the server's own (`--warmup`), by which an application gets to load what it loads late
 * before the requests of clients come.
 */
import type { Logger } from "../log/logger.ts";
import type { Application, Environ, InputStream, ResponseBody } from "../wsgi/types.ts";
import { LoadError } from "./errors.ts";

/**
 * Asks for `target`, a path that may have a query, and waits for the whole answer.
 * @throws {LoadError} the application raises, or answers 500 or more
 */
export async function warmUp(application: Application, target: string, log: Logger): Promise<void> {
  let status = "";
  const begin: Parameters<Application>[1] = (given) => {
    status = given;
    return () => Promise.resolve();
  };
  const asked = `the warm-up request GET ${target}`;
  try {
    await readToEnd(await application(environFor(target, log), begin));
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error);
    throw new LoadError(`${asked} failed: ${what}`, 4);
  }
  const code = Number(status.slice(0, 3));
  if (!(code < 500)) throw new LoadError(`${asked} was answered ${status || "nothing"}`, 4);
  if (code >= 400) log.warning(`${asked} was answered ${status}: it may have warmed little`);
}

async function readToEnd(body: ResponseBody): Promise<void> {
  try {
    for await (const _ of body) {
      // Nobody reads it.
    }
  } finally {
    await body.close?.();
  }
}

function environFor(target: string, log: Logger): Environ {
  const [path = "", ...query] = target.split("?");
  return {
    REQUEST_METHOD: "GET",
    SCRIPT_NAME: "",
    PATH_INFO: Buffer.from(decodeURIComponent(path), "utf8").toString("latin1"),
    QUERY_STRING: query.join("?"),
    REQUEST_URI: target,
    RAW_URI: target,
    SERVER_NAME: "localhost",
    SERVER_PORT: "80",
    SERVER_PROTOCOL: "HTTP/1.1",
    REMOTE_ADDR: "127.0.0.1",
    REMOTE_PORT: "0",
    HTTP_HOST: "localhost",
    HTTP_USER_AGENT: "portico-warmup",
    "wsgi.version": [1, 0],
    "wsgi.url_scheme": "http",
    "wsgi.input": NOTHING,
    "wsgi.errors": {
      write: (text) => log.raw(text),
      writelines: (lines) => log.raw([...lines].join("")),
      flush: () => {},
    },
    "wsgi.multithread": true,
    "wsgi.multiprocess": false,
    "wsgi.run_once": false,
  };
}

const NOTHING: InputStream = {
  read: () => Promise.resolve(new Uint8Array()),
  readline: () => Promise.resolve(new Uint8Array()),
  readlines: () => Promise.resolve([]),
  [Symbol.asyncIterator]: () => ({ next: () => Promise.resolve({ done: true, value: undefined }) }),
};
