/** The iterable that an application returned: the same items at the same time, judged. */
import type { Exchange } from "./exchange.ts";

/** Of an iterable nothing else may be used (PEP 3333, "Specification Details"). */
interface AnyBody {
  [Symbol.iterator]?(): AnyIterator | undefined;
  [Symbol.asyncIterator]?(): AnyIterator | undefined;
  close?(): unknown;
}

/** A list whose items are all there: it goes on as it is, so that a server still sees a list. */
export function isWholeList(body: unknown): body is readonly unknown[] {
  return Array.isArray(body) && !("close" in body);
}

/** `onOver` is told when the server has closed it, and what that began has ended. */
export function watchedBody(body: object, exchange: Exchange, onOver: () => void): object {
  // That it is iterable has been judged.
  const inner = body as AnyBody;
  exchange.hasClose = typeof inner.close === "function";
  const watched: AnyBody = {
    close: () => {
      exchange.closing();
      return closed(inner, exchange, onOver);
    },
  };
  // Iterables of both kinds go on as both.
  if (Symbol.iterator in inner) {
    watched[Symbol.iterator] = () => watchedIterator(inner[Symbol.iterator]?.(), exchange);
  }
  if (Symbol.asyncIterator in inner) {
    watched[Symbol.asyncIterator] = () =>
      watchedIterator(inner[Symbol.asyncIterator]?.(), exchange);
  }
  return watched;
}

function closed(inner: AnyBody, exchange: Exchange, onOver: () => void): unknown {
  let closing: unknown;
  try {
    closing = exchange.run("close()", () => inner.close?.());
  } catch (error) {
    onOver();
    throw error;
  }
  if (closing instanceof Promise) return closing.finally(onOver);
  onOver();
  return closing;
}

/** An iterator of either kind: `next` gives a result, or a promise of one. */
interface AnyIterator {
  next(...values: readonly unknown[]): unknown;
  return?(value?: unknown): unknown;
  throw?(error?: unknown): unknown;
}

/** What the iterator does not have, the one around it lacks too: `for` loops and `yield*` ask. */
function watchedIterator(
  iterator: AnyIterator | undefined,
  exchange: Exchange,
): AnyIterator | undefined {
  if (iterator === undefined) return undefined;
  const watched: AnyIterator = {
    next: (...values) => {
      exchange.next();
      return looked(
        exchange.run("the body", () => iterator.next(...values)),
        exchange,
      );
    },
  };
  if (iterator.return !== undefined) watched.return = (value) => iterator.return?.(value);
  if (iterator.throw !== undefined) watched.throw = (error) => iterator.throw?.(error);
  return watched;
}

/** The same result, after it was judged. */
function looked(result: unknown, exchange: Exchange): unknown {
  if (result instanceof Promise) return result.then((settled) => looked(settled, exchange));
  // What is no result of an iterator makes the loop that asked throw.
  if (typeof result !== "object" || result === null) return result;
  const { done, value } = result as IteratorResult<unknown>;
  if (done === true) exchange.ended();
  else exchange.gave(value);
  return result;
}
