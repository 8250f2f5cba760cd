/** What an application does with wsgi.input, wsgi.errors and write(). */
import { inPlaceOfBytes, kindOf } from "./evidence.ts";
import type { RuleTable } from "./rule.ts";

export type ReadMethod = "read" | "readline" | "readlines" | "iteration";

/** One call of a method of wsgi.input, before it is passed on. */
export interface ReadFacts {
  readonly method: ReadMethod;
  /** Undefined where none was given, or a negative one, which means all. */
  readonly size: number | undefined;
  /** What CONTENT_LENGTH leaves; undefined where it says nothing of this body's end. */
  readonly left: number | undefined;
  /** Whether an empty result has told of the end before. */
  readonly isAfterEnd: boolean;
}

export const READ_RULES: RuleTable<ReadFacts> = {
  /**
   * An application SHOULD NOT ask for more than CONTENT_LENGTH leaves, nor read on once the end was
   * given: not every server ends the input there, and one that does not makes the read wait for
   * ever. `read()` without a size asks for what is left. A body of unknown length, without
   * CONTENT_LENGTH or with `wsgi.input_terminated`, may be read until its end.
   */
  "input-past-end": {
    side: "application",
    level: "SHOULD",
    section: "Input and Error Streams",
    rows: ["A10", "S37"],
    remedy: "read at most what CONTENT_LENGTH leaves, or all with read()",
    evidence: ({ method, size, left, isAfterEnd }) => {
      if (left === undefined || method === "iteration" || method === "readlines") return undefined;
      if (size === undefined) return undefined;
      if (isAfterEnd) return `${method}(${size}) was called after the end of the input`;
      // Not how much: with each body and each remainder it is another number.
      return size > left
        ? `${method}(${size}) was called where CONTENT_LENGTH leaves less`
        : undefined;
    },
  },

  /**
   * An application MUST NOT use anything of wsgi.input but read, readline, readlines and iteration,
   * nor close it: it is the server's, and of no certain class.
   */
  "input-attribute": {
    side: "application",
    level: "MUST",
    section: "Input and Error Streams",
    rows: ["A11", "V24"],
    only: "python",
    remedy: "use read, readline, readlines and iteration alone",
  },

  /** An application MUST NOT use anything of wsgi.errors but write, writelines and flush. */
  "errors-attribute": {
    side: "application",
    level: "MUST",
    section: "Input and Error Streams",
    rows: ["A11", "V24"],
    only: "python",
    remedy: "use write, writelines and flush alone",
  },
};

/** What such a call resolved to. */
export interface ReadResultFacts {
  readonly method: ReadMethod;
  readonly size: number | undefined;
  readonly left: number | undefined;
  readonly result: unknown;
}

export const READ_RESULT_RULES: RuleTable<ReadResultFacts> = {
  /** What is read from wsgi.input MUST be bytes: a `Uint8Array`, in Python `bytes`. */
  "input-returns-bytes": {
    side: "server",
    level: "MUST",
    section: "Unicode Issues",
    rows: ["S36", "S70", "V23"],
    remedy: "give bytes, or a list of them from readlines",
    evidence: ({ method, result }) => {
      const pieces = method === "readlines" && Array.isArray(result) ? result : [result];
      const wrong = pieces.find((piece) => !(piece instanceof Uint8Array));
      return wrong === undefined && !pieces.includes(undefined)
        ? undefined
        : `wsgi.input.${method} gave ${kindOf(wrong)}`;
    },
  },

  /**
   * wsgi.input MUST NOT give more than it was asked for, nor more than CONTENT_LENGTH says; it
   * SHOULD give an empty result from there on, and never wait for what belongs to another request.
   */
  "input-within-length": {
    side: "server",
    level: "MUST",
    section: "Input and Error Streams",
    rows: ["S37", "S38", "S39"],
    remedy: "end the input at CONTENT_LENGTH, and give at most what was asked for",
    evidence: ({ method, size, left, result }) => {
      const given = bytesIn(result);
      if (method !== "readlines" && size !== undefined && given > size) {
        return `wsgi.input.${method}(${size}) gave ${given} bytes`;
      }
      return left !== undefined && given > left
        ? `wsgi.input.${method} gave ${given} bytes where CONTENT_LENGTH leaves ${left}`
        : undefined;
    },
  },
};

/** The length of a result, or of all lines in it. */
export function bytesIn(result: unknown): number {
  if (result instanceof Uint8Array) return result.length;
  if (!Array.isArray(result)) return 0;
  return result.reduce<number>((sum, line) => sum + bytesIn(line), 0);
}

/** Something given to wsgi.errors. */
export interface ErrorsFacts {
  readonly method: "write" | "writelines";
  readonly text: unknown;
}

export const ERRORS_RULES: RuleTable<ErrorsFacts> = {
  /** wsgi.errors MUST be given text, never bytes: the server chooses the encoding of its log. */
  "errors-text": {
    side: "application",
    level: "MUST",
    section: "Input and Error Streams",
    rows: ["S43", "V25"],
    remedy: "give it a string",
    evidence: ({ method, text }) =>
      typeof text === "string" ? undefined : `wsgi.errors.${method} was given ${kindOf(text)}`,
  },
};

/** One call of write(), before it is passed on. */
export interface WriteFacts {
  readonly data: unknown;
  /** How far the response is: the application runs, its iterable is in use, all is over. */
  readonly stage: "called" | "iterated" | "over";
  /** Whether it was called before, in the same request. */
  readonly isRepeated: boolean;
}

export const WRITE_RULES: RuleTable<WriteFacts> = {
  /**
   * An application SHOULD NOT use write(): it exists for what cannot be an iterable. What is
   * returned can be stopped, closed, and wrapped by middleware.
   */
  "write-used": {
    side: "application",
    level: "SHOULD",
    section: "The write() Callable",
    rows: ["A21"],
    remedy: {
      typescript: "return the body as an array, or yield it from an async generator",
      python: "return the body as a list, or yield it from a generator",
    },
    evidence: ({ isRepeated }) => (isRepeated ? undefined : "write() was called"),
  },

  /** write() MUST be given bytes: a `Uint8Array`, in Python `bytes`. */
  "write-bytes": {
    side: "application",
    level: "MUST",
    section: "Unicode Issues",
    rows: ["A24", "V22"],
    remedy: {
      typescript: "make bytes of it: Buffer.from(text)",
      python: "make bytes of it: text.encode()",
    },
    evidence: ({ data }) =>
      data instanceof Uint8Array ? undefined : `write() was given ${inPlaceOfBytes(data)}`,
  },

  /**
   * write() MUST NOT be called once the application has returned its iterable, from within it above
   * all: what is written and what is yielded would have no certain order.
   */
  "write-in-iteration": {
    side: "application",
    level: "MUST",
    section: "The write() Callable",
    rows: ["A22"],
    remedy: "yield the data there",
    evidence: ({ stage }) =>
      stage === "iterated" ? "write() was called after the iterable was returned" : undefined,
  },

  /** write() MUST NOT be called when the response is over: there is nobody left to read it. */
  "write-after-end": {
    side: "application",
    level: "MUST",
    section: "The write() Callable",
    rows: ["A22"],
    remedy: "write before the application returns, and await what writes",
    evidence: ({ stage }) =>
      stage === "over" ? "write() was called after the end of the response" : undefined,
  },
};
