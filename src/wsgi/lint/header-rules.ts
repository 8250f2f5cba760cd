/** Each header that an application gives to start_response. */
import { shown, shownName, TOKEN } from "./evidence.ts";
import type { RuleTable } from "./rule.ts";
import type { Header } from "./start-response-rules.ts";

/** RFC 9110 §7.6.1 and RFC 2616 §13.5.1, and the name that browsers once made up. */
const HOP_BY_HOP: ReadonlySet<string> = new Set([
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "trailers",
  "transfer-encoding",
  "upgrade",
]);

export const HEADER_RULES: RuleTable<Header> = {
  /** A header's name MUST be a token of HTTP: letters, digits and some marks, no space, no colon. */
  "header-name": {
    side: "application",
    level: "MUST",
    section: "The start_response() Callable",
    rows: ["A14", "S51", "V18"],
    remedy: "name it in letters, digits and hyphens",
    evidence: ({ name }) => (TOKEN.test(name) ? undefined : `a header is named ${shown(name)}`),
  },

  /** There MUST NOT be a header `Status`: CGI has one, WSGI has an argument for it. */
  "header-status": {
    side: "application",
    level: "MUST",
    section: "The start_response() Callable",
    rows: ["V18"],
    remedy: "give the status as the first argument of start_response",
    evidence: ({ name, value }) =>
      name.toLowerCase() === "status" ? `the header ${name} is ${shown(value)}` : undefined,
  },

  /**
   * A header's value MUST NOT hold control characters, carriage returns and line feeds above all,
   * neither inside nor at its end: who can put one into a value can write headers, or a whole
   * answer, of his own.
   */
  "header-value-control": {
    side: "application",
    level: "MUST",
    section: "The start_response() Callable",
    rows: ["A15", "S51", "V19"],
    remedy: "remove control characters, or refuse the value that brought them",
    evidence: ({ name, value }) =>
      /[\x00-\x1f\x7f]/.test(value)
        ? `the header ${shownName(name)} is ${shown(value)}`
        : undefined,
  },

  /**
   * A header's value MUST hold only the characters U+0000 to U+00FF, each of which is sent as one
   * byte; what needs more is encoded by the application (RFC 8187, RFC 2047, percent-encoding).
   */
  "header-latin-1": {
    side: "application",
    level: "MUST",
    section: "Unicode Issues",
    rows: ["A23", "S71"],
    remedy: "encode it, as RFC 8187 does for file names and percent-encoding for URLs",
    evidence: ({ name, value }) =>
      /[^\0-\xff]/.test(value) ? `the header ${shownName(name)} is ${shown(value)}` : undefined,
  },

  /**
   * An application MUST NOT send a hop-by-hop header, Connection, Keep-Alive, Transfer-Encoding,
   * Upgrade and their like, nor anything that means to say how long the connection lives or how the
   * body is framed on it: the connection is the server's.
   */
  "header-hop-by-hop": {
    side: "application",
    level: "MUST",
    section: "Other HTTP Features",
    rows: ["A16", "A20", "M7", "S48"],
    remedy: "remove it, the server alone may send it",
    evidence: ({ name, value }) =>
      HOP_BY_HOP.has(name.toLowerCase()) ? `the header ${name} is ${shown(value)}` : undefined,
  },
};
