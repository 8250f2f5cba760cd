/** The body of a response: its items, its length, its end. */
import { inPlaceOfBytes } from "./evidence.ts";
import type { RuleTable } from "./rule.ts";

/** What an application's iterable gave when it was asked: an item, or its end. */
export type ItemFacts = { readonly wasStarted: boolean; readonly isFirst: boolean } & (
  | { readonly kind: "item"; readonly item: unknown }
  | { readonly kind: "end" }
);

export const ITEM_RULES: RuleTable<ItemFacts> = {
  /** Each item of the body MUST be a byte string: a `Uint8Array`, as `Buffer` is; in Python `bytes`. */
  "body-bytes": {
    side: "application",
    level: "MUST",
    section: "Unicode Issues",
    rows: ["A24", "S71", "V27"],
    remedy: {
      typescript: "make bytes of it: Buffer.from(text)",
      python: "make bytes of it: text.encode()",
    },
    evidence: (facts) =>
      facts.kind === "end" || facts.item instanceof Uint8Array
        ? undefined
        : `an item of the body is ${inPlaceOfBytes(facts.item)}`,
  },

  /**
   * start_response MUST have been called when the body's first item comes, empty ones too, or else
   * when it ends. The first step of the iterable may do so: a server does not look before it.
   */
  "start-response-called": {
    side: "application",
    level: "MUST",
    section: "Specification Details",
    rows: ["A4", "S14", "V28"],
    remedy: "call start_response(status, headers) before the first item",
    evidence: ({ kind, wasStarted, isFirst }) => {
      if (wasStarted || !isFirst) return undefined;
      return `start_response was not called before the ${kind === "end" ? "body's end" : "first item"}`;
    },
  },
};

/** The head as far as the body is measured by it. */
export interface HeadFacts {
  readonly statusCode: number;
  readonly hasContentType: boolean;
  /** Undefined where none was given, or none that is a number. */
  readonly contentLength: number | undefined;
  /** Whether the request is HEAD, whose answer has a body that is not sent. */
  readonly isHead: boolean;
}

/** Bytes of the body, yielded or written. */
export interface BytesFacts extends HeadFacts {
  readonly size: number;
  /** With those before them. */
  readonly total: number;
}

export const BYTES_RULES: RuleTable<BytesFacts> = {
  /** A response with a status of 204 or 304 MUST NOT have a body: HTTP has no place for it. */
  "body-for-no-content": {
    side: "application",
    level: "MUST",
    section: "Other HTTP Features",
    source: "RFC 9110 §6.4.1",
    rows: ["S75"],
    remedy: "return an empty body with this status",
    evidence: ({ size, total, statusCode }) =>
      isFirst(size, total) && hasNoContent(statusCode)
        ? `a body of ${size} bytes or more comes with the status ${statusCode}`
        : undefined,
  },

  /** A response with a body SHOULD have a Content-Type: without one, clients guess. */
  "content-type-missing": {
    side: "application",
    level: "SHOULD",
    section: "The start_response() Callable",
    source: "RFC 9110 §8.3",
    rows: ["V20"],
    remedy: 'give a Content-Type, such as "text/plain; charset=utf-8"',
    evidence: ({ size, total, statusCode, hasContentType }) =>
      isFirst(size, total) && !hasContentType && !hasNoContent(statusCode)
        ? `the response ${statusCode} has a body and no Content-Type`
        : undefined,
  },

  /**
   * The body MUST NOT have more bytes than Content-Length says: the server sends so many and drops
   * the rest, which would else be read as the next response.
   */
  "content-length-long": {
    side: "application",
    level: "MUST",
    section: "Handling the Content-Length Header",
    rows: ["S59", "S60", "S61"],
    remedy: "give the length of the encoded body, in bytes, or leave it to the server",
    evidence: ({ size, total, contentLength, isHead }) => {
      if (contentLength === undefined || isHead) return undefined;
      const exceeds = total > contentLength && total - size <= contentLength;
      return exceeds
        ? `Content-Length is ${contentLength}, and the body has ${total} bytes or more`
        : undefined;
    },
  },
};

function isFirst(size: number, total: number): boolean {
  return size > 0 && total === size;
}

function hasNoContent(statusCode: number): boolean {
  return statusCode === 204 || statusCode === 304;
}

/** A body that was given to its end. */
export interface EndFacts extends HeadFacts {
  readonly total: number;
  /** Calls of write() whose promises are not settled. */
  readonly pendingWrites: number;
}

export const END_RULES: RuleTable<EndFacts> = {
  /**
   * The body MUST have as many bytes as Content-Length says, unless the request is HEAD or the
   * status 304: a client waits for what is missing, and the server can but cut the connection.
   */
  "content-length-short": {
    side: "application",
    level: "MUST",
    section: "Handling the Content-Length Header",
    rows: ["S62"],
    remedy: "give the length of the encoded body, in bytes, or leave it to the server",
    evidence: ({ statusCode, total, contentLength, isHead }) => {
      if (contentLength === undefined || isHead || hasNoContent(statusCode)) return undefined;
      return total < contentLength
        ? `Content-Length is ${contentLength}, and the body has ${total} bytes`
        : undefined;
    },
  },

  /**
   * An application SHOULD wait for the promise of each write() before it writes on or returns: that
   * is how it learns that the client has left, and how a slow client slows it down.
   */
  "write-not-awaited": {
    side: "application",
    level: "SHOULD",
    section: "Promises and the Event Loop",
    source: "WSGI for TypeScript, Promises and the Event Loop",
    rows: ["S67"],
    only: "typescript",
    remedy: "await write(data)",
    evidence: ({ pendingWrites }) =>
      pendingWrites > 0 ? "the body ended while write() was still at work" : undefined,
  },
};

/** Of a Python iterable that has a length. */
export const LENGTH_RULES: RuleTable<never> = {
  /** len() of the iterable, where it works, MUST be the number of its items: servers rely on it. */
  "len-accurate": {
    side: "application",
    level: "MUST",
    section: "Specification Details",
    rows: ["A5", "S12", "S64"],
    only: "python",
    remedy: "let __len__ tell the number of items, or leave it out",
  },
};

/** What the server does with the body. */
export interface UseFacts {
  readonly event: "next" | "close" | "collected";
  /** Calls of close() by now, this one too. */
  readonly closes: number;
  /** Whether the application's own iterable has a close(). */
  readonly hasClose: boolean;
}

export const USE_RULES: RuleTable<UseFacts> = {
  /** A server MUST NOT ask for another item after it has called close(). */
  "iterated-after-close": {
    side: "server",
    level: "MUST",
    section: "Specification Details",
    rows: ["S13", "V27"],
    remedy: "call close() last",
    evidence: ({ event, closes }) =>
      event === "next" && closes > 0 ? "an item was asked for after close()" : undefined,
  },

  /**
   * A server MUST call close() of the body, if it has one, exactly once: when the body has ended,
   * when an error ended it, when the client has left. It waits for the promise that close() returns.
   */
  "close-once": {
    side: "server",
    level: "MUST",
    section: "Specification Details",
    rows: ["S13", "V29"],
    remedy: "call close() once, in a finally",
    evidence: ({ event, closes, hasClose }) => {
      if (!hasClose) return undefined;
      if (event === "collected" && closes === 0) return "close() was never called";
      return event === "close" && closes === 2 ? "close() was called a second time" : undefined;
    },
  },
};
