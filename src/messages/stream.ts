/** Responses that are sent as they come. */
import type { Environ, ResponseBody } from "../wsgi/types.ts";
import { LiveContent } from "./content.ts";
import { HttpResponse, type ResponseOptions, TEXT } from "./http-response.ts";
import { LiveBody } from "./live-body.ts";

/** Text is sent as UTF-8. */
export type Pieces = AsyncIterable<string | Uint8Array> | Iterable<string | Uint8Array>;

/**
 * Each piece goes out when it has come. When the client has gone the source is told by its `return`, as
 * a loop that is left tells it; one that waits hears of it then. Without a `Content-Type` it is text.
 */
export function stream(pieces: Pieces, options: ResponseOptions = {}): HttpResponse {
  const response = new HttpResponse(new Stream(pieces), options);
  if (response.header("Content-Type") === undefined) response.setHeader("Content-Type", TEXT);
  return response;
}

class Stream extends LiveContent {
  readonly #pieces: Pieces;

  constructor(pieces: Pieces) {
    super();
    this.#pieces = pieces;
  }

  override open(environ: Environ): ResponseBody {
    return new LiveBody(inTurn(this.#pieces), environ, { encode: (piece) => piece });
  }
}

/** What is iterable without waiting, too. */
export function inTurn<Item>(items: AsyncIterable<Item> | Iterable<Item>): AsyncIterable<Item> {
  if (Symbol.asyncIterator in items) return items;
  return (async function* () {
    yield* items;
  })();
}
