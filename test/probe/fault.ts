/**
 * Faults of a server, made by middleware in its place: what the probe application then sees is what
 * it would see of a server at fault, and the rows that are named must find it.
 */
import type {
  Environ,
  InputStream,
  Middleware,
  ResponseBody,
  StartResponse,
} from "../../src/wsgi/types.ts";

export interface Fault {
  /** Each of them must find it. */
  readonly rows: readonly string[];
  readonly middleware: Middleware;
}

type Items = AsyncIterable<Uint8Array>;

/** The environ is changed before the application sees it. */
export function environFault(rows: readonly string[], change: (environ: Environ) => object): Fault {
  return {
    rows,
    middleware: (application) => (environ, startResponse) => {
      // A server at fault keeps no type.
      const changed = change({ ...environ }) as Environ;
      return application(changed, startResponse);
    },
  };
}

/** These entries of the environ are others. */
export function entryFault(row: string, entries: (environ: Environ) => object): Fault {
  return environFault([row], (environ) => ({ ...environ, ...entries(environ) }));
}

/** start_response is another. */
export function startFault(
  rows: readonly string[],
  other: (startResponse: StartResponse) => (...given: Parameters<StartResponse>) => unknown,
): Fault {
  return {
    rows,
    middleware: (application) => (environ, startResponse) =>
      application(environ, other(startResponse) as StartResponse),
  };
}

/** What the application returned is iterated otherwise; close() is passed on. */
export function bodyFault(
  rows: readonly string[],
  items: (body: ResponseBody, environ: Environ) => Items,
): Fault {
  return {
    rows,
    middleware: (application) => async (environ, startResponse) => {
      const body = await application(environ, startResponse);
      return {
        [Symbol.asyncIterator]: () => items(body, environ)[Symbol.asyncIterator](),
        close: () => body.close?.(),
      };
    },
  };
}

/** Bytes of the answers are others. */
export function textFault(rows: readonly string[], other: (text: string) => string): Fault {
  return bodyFault(rows, async function* (body) {
    for await (const item of body) {
      yield Buffer.from(other(Buffer.from(item).toString("latin1")), "latin1");
    }
  });
}

/** wsgi.input is another. */
export function inputFault(
  rows: readonly string[],
  other: (input: InputStream) => Partial<Record<keyof InputStream, unknown>>,
): Fault {
  return environFault(rows, (environ) => {
    const input = environ["wsgi.input"];
    const whole = {
      read: (size?: number) => input.read(size),
      readline: (size?: number) => input.readline(size),
      readlines: (hint?: number) => input.readlines(hint),
      [Symbol.asyncIterator]: () => input[Symbol.asyncIterator](),
    };
    return { ...environ, "wsgi.input": { ...whole, ...other(input) } };
  });
}

export async function collected(body: ResponseBody): Promise<Uint8Array[]> {
  const items: Uint8Array[] = [];
  for await (const item of body) items.push(item);
  return items;
}
