/** The rules that a client can judge, beside those of lint; their form is lint's. */
import { type AnyRule, RULES } from "../wsgi/lint/rules.ts";

export type ClientRule =
  | "process-survives"
  | "answers-in-time"
  | "answers-whole"
  | "no-server-error"
  | "head-as-get"
  | "not-modified"
  | "partial-content"
  | "same-in-a-crowd";

export const CLIENT_RULES: Readonly<Record<ClientRule, AnyRule>> = {
  /** Whatever is asked, the process that runs the application lives on. */
  "process-survives": {
    side: "application",
    level: "MUST",
    section: "Specification Overview",
    rows: ["S92"],
    remedy:
      "let no request end the process: catch what callbacks and threads throw, await every promise, look for crashes in native code",
  },
  /** Every request is answered, and no piece of an answer is waited for longer than --timeout. */
  "answers-in-time": {
    side: "application",
    level: "MUST",
    section: "Specification Overview",
    rows: ["S1"],
    remedy: "let every way through the application end, or give it more time with --timeout",
  },
  /** An answer that has begun comes to its end; PEP 3333 lets it end otherwise, by an exception. */
  "answers-whole": {
    side: "application",
    level: "SHOULD",
    section: "Error Handling",
    rows: ["A25"],
    remedy: "let nothing fail once the answer has begun: do what may fail before start_response",
  },
  /** Nothing in an ordinary request is answered with 500. */
  "no-server-error": {
    side: "application",
    level: "SHOULD",
    section: "Error Handling",
    source: "RFC 9110 §15.6.1",
    rows: ["A25"],
    remedy: "answer what cannot be served with the 4xx that says why; 500 is for defects",
  },
  /** HEAD is answered as GET is, without the body. */
  "head-as-get": {
    side: "application",
    level: "SHOULD",
    section: "Other HTTP Features",
    source: "RFC 9110 §9.3.2",
    rows: [],
    remedy: "answer HEAD as GET, with the same status and fields; the server leaves the body out",
  },
  /** 304 says that the client's copy is the answer: only if its validator matches. */
  "not-modified": {
    side: "application",
    level: "MUST",
    section: "Other HTTP Features",
    source: "RFC 9110 §15.4.5",
    rows: ["A26"],
    remedy: "compare If-None-Match with the ETag, and send that ETag with the 304",
  },
  /** 206 says which part it is, and holds that part. */
  "partial-content": {
    side: "application",
    level: "MUST",
    section: "Other HTTP Features",
    source: "RFC 9110 §15.3.7",
    rows: ["A26"],
    remedy: "send Content-Range with exactly the bytes that it names, or the whole with 200",
  },
  /** A request among others is answered as it is alone. */
  "same-in-a-crowd": {
    side: "application",
    level: "SHOULD",
    section: "Thread Support",
    rows: ["S33e"],
    remedy: "keep what belongs to one request out of what requests share",
  },
};

/** What is told only where another finding about the same request has not told the cause of it. */
export const CONSEQUENCES: readonly string[] = ["answers-whole", "no-server-error"];

/** All that a report can speak of. */
export const RULE_NAMES: readonly string[] = [...RULES.keys(), ...Object.keys(CLIENT_RULES)];
