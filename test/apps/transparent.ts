/** A middleware that takes everything into its hands and changes nothing; it is around all the rest. */

import type { Middleware, ResponseBody, StartResponse } from "../../src/wsgi/types.ts";
import { application as everything } from "./everything.ts";

export const transparent: Middleware = (application) => (environ, startResponse) => {
  const start: StartResponse = (...started) => {
    const write = startResponse(...started);
    return (data) => write(data);
  };
  const body = application({ ...environ }, start);
  return body instanceof Promise ? body.then(passedOn) : passedOn(body);
};

export const application: ReturnType<Middleware> = transparent(everything);

function passedOn(body: ResponseBody): ResponseBody {
  const close = (): void | Promise<void> => body.close?.();
  if (Symbol.asyncIterator in body) {
    return { [Symbol.asyncIterator]: () => asyncItems(body), close };
  }
  return { [Symbol.iterator]: () => items(body), close };
}

function* items(body: Iterable<Uint8Array>): Generator<Uint8Array> {
  for (const item of body) yield item;
}

async function* asyncItems(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const item of body) yield item;
}
