/** The call of an application, what it returns and what becomes of it. */
import { inPlaceOfBytes, kindOf, shown } from "./evidence.ts";
import type { RuleTable } from "./rule.ts";

/** One call, before it is made. */
export interface CallFacts {
  readonly application: unknown;
  readonly parameters: readonly unknown[];
}

export const CALL_RULES: RuleTable<CallFacts> = {
  /**
   * An application MUST be a function (in Python: any callable) that takes two positional
   * parameters. It is called once for each request, and any number of times.
   */
  "application-callable": {
    side: "application",
    level: "MUST",
    section: "Specification Overview",
    rows: ["A1"],
    remedy: {
      typescript: "give a function (environ, startResponse) => body",
      python: "give a callable that takes environ and start_response",
    },
    evidence: ({ application }) =>
      typeof application === "function" ? undefined : `the application is ${kindOf(application)}`,
  },

  /**
   * An application MUST be called with exactly two positional arguments, the environ, which is an
   * object, and start_response. The parameters may have any names.
   */
  "call-two-arguments": {
    side: "server",
    level: "MUST",
    section: "Specification Details",
    rows: ["S3", "V1"],
    remedy: "pass environ and start_response, and nothing else",
    evidence: ({ parameters: { length, 0: environ } }) => {
      if (length !== 2) return `the application was called with ${length} arguments`;
      return typeof environ === "object" && environ !== null
        ? undefined
        : `the environ is ${kindOf(environ)}`;
    },
  },

  /** start_response MUST be callable with two and with three positional arguments. */
  "start-response-callable": {
    side: "server",
    level: "MUST",
    section: "Specification Details",
    rows: ["S7"],
    remedy: "pass a function (status, headers, exc_info) as the second argument",
    evidence: ({ parameters: [, startResponse] }) =>
      typeof startResponse === "function"
        ? undefined
        : `start_response is ${kindOf(startResponse)}`,
  },
};

/** What the call gave, or what the promise of it resolved to. */
export interface ReturnFacts {
  readonly body: unknown;
}

export const RETURN_RULES: RuleTable<ReturnFacts> = {
  /**
   * An application MUST return an iterable of byte strings, also one that has sent all with write():
   * then it is empty. In TypeScript that is any object with `[Symbol.iterator]` or
   * `[Symbol.asyncIterator]`, an array or a generator, or a promise of one.
   */
  "returns-iterable": {
    side: "application",
    level: "MUST",
    section: "Specification Details",
    rows: ["A2", "V26"],
    remedy: "return an iterable of byte strings; for no body an empty one",
    evidence: ({ body }) =>
      isIterable(body) ? undefined : `the application returned ${kindOf(body)}`,
  },

  /**
   * An application MUST NOT return one string, be it of text or of bytes, where an iterable of byte
   * strings belongs: its items are characters or numbers.
   */
  "returns-no-string": {
    side: "application",
    level: "MUST",
    section: "Specification Details",
    rows: ["A2", "A24", "V26"],
    remedy: {
      typescript: "return [Buffer.from(text)], an array of bytes",
      python: "return [text.encode()], a list of byte strings",
    },
    evidence: ({ body }) => {
      if (typeof body === "string") return `the application returned ${inPlaceOfBytes(body)}`;
      return ArrayBuffer.isView(body)
        ? `the application returned ${kindOf(body)} itself, not in an array`
        : undefined;
    },
  },
};

function isIterable(body: unknown): boolean {
  // Text is for returns-no-string to tell of.
  if (typeof body === "string") return true;
  if (typeof body !== "object" || body === null) return false;
  return Symbol.iterator in body || Symbol.asyncIterator in body;
}

/** Something the application threw, or rejected with. */
export interface ThrownFacts {
  readonly error: unknown;
  /** Where it came from: `the application`, `the body`, `close()`. */
  readonly from: string;
  /** Whether the server had thrown it first, from what the application had called. */
  readonly isServers: boolean;
}

export const THROWN_RULES: RuleTable<ThrownFacts> = {
  /**
   * An application SHOULD catch its own errors and answer with a page that helps, and give the
   * error to start_response as exc_info. A server can but say 500, or cut an answer that has begun.
   */
  raises: {
    side: "application",
    level: "SHOULD",
    section: "Error Handling",
    rows: ["A25"],
    remedy: "catch it, and answer with start_response(status, headers, exc_info)",
    evidence: ({ error, from, isServers }) =>
      isServers ? undefined : `${from} threw ${errorShown(error)}`,
  },
};

function errorShown(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${shown(error.message)}` : shown(error);
}

/** How long the event loop stood still for the application. */
export interface StretchFacts {
  readonly milliseconds: number;
  /** What was called: `the application`, `the body's next()`, `close()`. */
  readonly of: string;
}

/** A frame of a film takes 17 ms; at three of them the slowness of one request is everyone's. */
const LONGEST_STRETCH = 50;

export const STRETCH_RULES: RuleTable<StretchFacts> = {
  /**
   * An application MUST NOT hold the event loop for 50 milliseconds or more in one stretch: all
   * requests of the process stand still meanwhile. What computes for long belongs into a worker
   * thread or in pieces between which it awaits; what waits, waits for a promise. Measured are the
   * call of the application, each `next()` of the body and `close()`, each up to its first `await`.
   */
  "blocks-event-loop": {
    side: "application",
    level: "MUST",
    section: "Promises and the Event Loop",
    source: "WSGI for TypeScript, Promises and the Event Loop",
    rows: [],
    only: "typescript",
    remedy: "await what takes long, or compute in a worker thread",
    // The number is left out: a line that says another each time would be told each time.
    evidence: ({ milliseconds, of }) =>
      milliseconds < LONGEST_STRETCH
        ? undefined
        : `${of} held the event loop for ${LONGEST_STRETCH} ms or longer`,
  },
};

/** An environ whose request is over. */
export interface KeptFacts {
  /** What of it is another now: `the key app.user was set`. */
  readonly change: string | undefined;
  /** Whether it is still referred to so many requests later. */
  readonly isAlive: boolean;
}

/** So many requests after its own an environ has to be gone. */
export const KEPT_REQUESTS = 32;

export const KEPT_RULES: RuleTable<KeptFacts> = {
  /**
   * An application MUST NOT keep the environ, or state in it, beyond its request: each request has
   * an environ of its own, the server may have dropped what is in it, and one that is kept keeps a
   * body, a connection and a user's data in memory. Seen where a finished request's environ
   * changes, and where it is still referred to 32 requests later.
   */
  "environ-kept": {
    side: "application",
    level: "MUST",
    section: "Specification Details",
    rows: ["S5", "A8"],
    remedy: "take the values you need out of the environ, and keep those",
    evidence: ({ change, isAlive }) => {
      if (change !== undefined) return `after the end of its request, ${change}`;
      return isAlive ? `it is still referred to ${KEPT_REQUESTS} requests later` : undefined;
    },
  },
};
