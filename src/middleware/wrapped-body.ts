/**
 * What an application returns, on its way through a middleware: waited for no longer than need be,
 * looked at in passing, or replaced by what is made of it; its `close` is always passed on.
 */
import { LendingBody, type LentPiece } from "../buffers/lent-pieces.ts";
import { Later } from "../wsgi/later.ts";
import type { ResponseBody } from "../wsgi/types.ts";

/** What an application returns. */
export type Returned = ResponseBody | Promise<ResponseBody>;

/**
 * Calls an application and passes on what it returns: what is there at once stays so, and what is
 * told synchronously (`Later`) is told so further. `recover` gets what it throws or rejects with,
 * and not what `use` throws, which has the body in hand and so has to close it.
 */
export function whenReturned(
  call: () => Returned,
  use: (body: ResponseBody) => Returned,
  recover: (error: unknown) => Returned = rethrow,
): Returned {
  let returned: Returned;
  try {
    returned = call();
  } catch (error) {
    return recover(error);
  }
  if (returned instanceof Later) return whenTold(returned, use, recover);
  return returned instanceof Promise ? returned.then(use, recover) : use(returned);
}

function rethrow(error: unknown): never {
  throw error;
}

function whenTold(
  returned: Later<ResponseBody>,
  use: (body: ResponseBody) => Returned,
  recover: (error: unknown) => Returned,
): Later<ResponseBody> {
  const passedOn = new Later<ResponseBody>();
  const settle = (make: () => Returned): void => {
    let made: Returned;
    try {
      made = make();
    } catch (error) {
      passedOn.reject(error);
      return;
    }
    if (!(made instanceof Promise)) passedOn.resolve(made);
    else
      made.then(
        (body) => passedOn.resolve(body),
        (error) => passedOn.reject(error),
      );
  };
  returned.tell(
    (body) => settle(() => use(body)),
    (error) => settle(() => recover(error)),
  );
  return passedOn;
}

/** Whether all items are there and nothing has to be closed: servers send such a body in one go. */
export function isWholeBody(body: ResponseBody): body is Uint8Array[] {
  return Array.isArray(body) && !("close" in body);
}

/** Whether it is a body at all, whatever its type says: what is none is the server's to refuse. */
export function isIterable(body: unknown): body is ResponseBody {
  const isObject = typeof body === "object" && body !== null;
  return isObject && (Symbol.iterator in body || Symbol.asyncIterator in body);
}

/** What is told of a body while a server reads it. */
export interface BodyWatch {
  /** Before the server gets it. What it throws takes the item's place. */
  readonly onItem?: (item: Uint8Array) => void;
  /** The body had no further item. A server that needs no more does not ask. */
  readonly onEnd?: () => void;
  /** The body failed instead of giving its next item. */
  readonly onFailure?: (error: unknown) => void;
  /** Once, when the body has been closed, whether that failed or not. */
  readonly onClosed?: () => void;
}

/** The same items at the same time, looked at; the body stays iterable as it was, and lends as it did. */
export function watchedBody(body: ResponseBody, watch: BodyWatch): ResponseBody {
  if (!isIterable(body)) {
    watch.onClosed?.();
    return body;
  }
  const close = closeOnce(body, watch.onClosed);
  if (body instanceof LendingBody) return new WatchedLoan(body, watch, close);
  if (Symbol.iterator in body) {
    return { [Symbol.iterator]: () => watchedItems(body, watch), close };
  }
  return { [Symbol.asyncIterator]: () => watchedAsyncItems(body, (item) => item, watch), close };
}

/** The items, which are made of those of `inner`: who closes them closes that, and then calls `onClosed`. */
export function madeOf(
  inner: ResponseBody,
  items: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  onClosed?: () => void,
): ResponseBody {
  const close = closeOnce(inner, onClosed);
  if (Symbol.iterator in items) {
    return { [Symbol.iterator]: () => items[Symbol.iterator](), close };
  }
  return { [Symbol.asyncIterator]: () => items[Symbol.asyncIterator](), close };
}

/** Closes a body of which nothing is sent, and goes on. */
export function inPlaceOf<Made>(
  body: ResponseBody,
  answer: () => Made | Promise<Made>,
): Made | Promise<Made> {
  const closing = isIterable(body) ? body.close?.() : undefined;
  return closing instanceof Promise ? closing.then(answer) : answer();
}

/** A second call does nothing: what stands between may close a body that a server closes again. */
function closeOnce(body: ResponseBody, onClosed?: () => void): () => void | Promise<void> {
  let isClosed = false;
  return () => {
    if (isClosed) return undefined;
    isClosed = true;
    let closing: void | Promise<void>;
    try {
      closing = body.close?.();
    } catch (error) {
      onClosed?.();
      throw error;
    }
    if (closing instanceof Promise) return closing.finally(onClosed);
    onClosed?.();
    return undefined;
  };
}

class WatchedLoan extends LendingBody {
  readonly #body: LendingBody;
  readonly #watch: BodyWatch;
  readonly close: () => void | Promise<void>;

  constructor(body: LendingBody, watch: BodyWatch, close: () => void | Promise<void>) {
    super();
    this.#body = body;
    this.#watch = watch;
    this.close = close;
  }

  override lend(): AsyncIterable<LentPiece> {
    return watchedAsyncItems(this.#body.lend(), ({ bytes }) => bytes, this.#watch);
  }
}

function* watchedItems(
  items: Iterable<Uint8Array>,
  { onItem, onEnd, onFailure }: BodyWatch,
): Generator<Uint8Array> {
  try {
    for (const item of items) {
      onItem?.(item);
      yield item;
    }
  } catch (error) {
    onFailure?.(error);
    throw error;
  }
  onEnd?.();
}

async function* watchedAsyncItems<Item>(
  items: AsyncIterable<Item>,
  bytesOf: (item: Item) => Uint8Array,
  { onItem, onEnd, onFailure }: BodyWatch,
): AsyncGenerator<Item> {
  try {
    for await (const item of items) {
      onItem?.(bytesOf(item));
      yield item;
    }
  } catch (error) {
    onFailure?.(error);
    throw error;
  }
  onEnd?.();
}
