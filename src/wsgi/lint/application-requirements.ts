/**
 * What an application or a middleware owes and nobody can judge from outside. The comments are the
 * text of the specification.
 */
import type { Requirement } from "./rule.ts";

export const APPLICATION_REQUIREMENTS: Readonly<Record<string, Requirement>> = {
  /** A middleware MUST keep the rules of an application to its server, and those of a server within. */
  "both-sides": {
    side: "middleware",
    level: "MUST",
    section: "Specification Overview",
    rows: ["M1"],
  },

  /**
   * An application SHOULD NOT count on all of its iterable being used: a server may close it early,
   * when the client has left or enough has been sent.
   */
  "may-be-closed-early": {
    side: "application",
    level: "SHOULD",
    section: "Specification Details",
    rows: ["A7", "S16"],
  },

  /** An application SHOULD look whether a variable that it needs is there, and do without it. */
  "environ-may-lack": {
    side: "application",
    level: "SHOULD",
    section: "environ Variables",
    rows: ["A9"],
  },

  /** An application that needs its text in the log now MUST call `flush()` of wsgi.errors. */
  "flushes-errors": {
    side: "application",
    level: "MUST",
    section: "Input and Error Streams",
    rows: ["A12"],
  },

  /** An application SHOULD collect small pieces into larger ones itself: each item is sent at once. */
  "does-its-own-buffering": {
    side: "application",
    level: "SHOULD",
    section: "Buffering and Streaming",
    rows: ["A6"],
  },

  /** A middleware SHOULD NOT keep exc_info beyond the call of start_response. */
  "exc-info-not-kept": {
    side: "middleware",
    level: "SHOULD",
    section: "The start_response() Callable",
    rows: ["M8", "M9"],
  },

  /** An application SHOULD do its own cache validation, content coding and byte ranges. */
  "own-http-features": {
    side: "application",
    level: "SHOULD",
    section: "Other HTTP Features",
    rows: ["A26"],
  },

  /**
   * What a middleware offers beside wrapping SHOULD be a function of the environ: parsed data that
   * is stored in an environ goes stale when another middleware changes what it was made of.
   */
  "functions-over-stored-values": {
    side: "middleware",
    level: "SHOULD",
    section: "Server Extension APIs",
    rows: ["A28", "M10"],
  },

  /** An application SHOULD need as few variables of its own in the environ as it can. */
  "little-configuration": {
    side: "application",
    level: "SHOULD",
    section: "Application Configuration",
    rows: ["A27"],
  },

  /** An application MAY use wsgi.file_wrapper where it is there, and MUST do without where it is not. */
  "file-wrapper-optional": {
    side: "application",
    level: "MUST",
    section: "Optional Platform-Specific File Handling",
    rows: ["A29"],
  },
};
