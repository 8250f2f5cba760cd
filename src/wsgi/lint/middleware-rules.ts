/** A middleware, seen from both of its sides: by the lint around it and the lint within. */
import type { RuleTable } from "./rule.ts";

/** What passes between the two lints. */
export type MiddlewareFacts =
  | {
      readonly event: "next";
      /** Items that the inner iterable has given, and those that came out since the last of them. */
      readonly itemsIn: number;
      readonly itemsOutSince: number;
    }
  | {
      readonly event: "close" | "outer end";
      readonly closes: number;
      readonly hasClose: boolean;
    }
  | {
      readonly event: "write";
      /** Whether the inner application is writing just now, through the middleware's write(). */
      readonly isInnerWriting: boolean;
      /** Whether the inner iterable gave an item for which none came out. */
      readonly holdsItem: boolean;
    }
  | {
      readonly event: "start_response";
      /** Whether the inner application is starting its response just now, with exc_info. */
      readonly innerGaveExcInfo: boolean;
      readonly gaveExcInfo: boolean;
    };

export const MIDDLEWARE_RULES: RuleTable<MiddlewareFacts> = {
  /**
   * A middleware MUST NOT wait for several items of the inner iterable before it gives one: for
   * each item that it takes it gives at least one, empty if it has none, before it asks for the
   * next, and it returns an iterable as soon as the inner application has. Else it stops what the
   * application meant to send at once.
   */
  "middleware-blocks": {
    side: "middleware",
    level: "MUST",
    section: "Middleware Handling of Block Boundaries",
    rows: ["M2", "M3", "M4", "M6"],
    remedy:
      "yield something for each item, an empty byte string if need be, before asking for more",
    evidence: (facts) =>
      facts.event === "next" && facts.itemsIn > 0 && facts.itemsOutSince === 0
        ? "the inner iterable was asked for another item before one came out for the last"
        : undefined,
  },

  /** A middleware MUST call close() of the inner iterable, if it has one, exactly once. */
  "middleware-close": {
    side: "middleware",
    level: "MUST",
    section: "Specification Details",
    rows: ["M11", "S13"],
    remedy: "give your own iterable a close() that calls the inner one, once",
    evidence: (facts) => {
      if ((facts.event !== "close" && facts.event !== "outer end") || !facts.hasClose) {
        return undefined;
      }
      if (facts.event === "outer end" && facts.closes === 0) {
        return "close() of the inner iterable was never called";
      }
      return facts.event === "close" && facts.closes === 2
        ? "close() of the inner iterable was called a second time"
        : undefined;
    },
  },

  /**
   * A middleware MUST NOT use the server's write() for what the inner iterable gave: write() is for
   * what the inner application itself writes.
   */
  "middleware-write": {
    side: "middleware",
    level: "MUST",
    section: "Middleware Handling of Block Boundaries",
    rows: ["M5"],
    remedy: "yield the items of the inner iterable, and pass on only what write() was called with",
    evidence: (facts) =>
      facts.event === "write" && facts.holdsItem && !facts.isInnerWriting
        ? "the server's write() was called for an item of the inner iterable"
        : undefined,
  },

  /**
   * A middleware MUST pass on the exc_info that the inner application gave: without it the server
   * cannot tell an error response from a mistake.
   */
  "middleware-exc-info": {
    side: "middleware",
    level: "MUST",
    section: "Error Handling",
    rows: ["M8", "M9", "A25"],
    remedy: "take a third argument in your start_response, and pass it on",
    evidence: (facts) =>
      facts.event === "start_response" && facts.innerGaveExcInfo && !facts.gaveExcInfo
        ? "the inner application gave exc_info, and the server's start_response got none"
        : undefined,
  },
};
