/**
 * Everything that is refused of what clients send, in one table: the status, the words for the log,
 * the rule and the reason. The code raises these by name; docs/http.md is made from them.
 */

/** What of a request is refused, in the order in which it is read. */
export type RefusedPart = "connection" | "request line" | "header fields" | "framing" | "body";

export interface Refusal {
  readonly part: RefusedPart;
  /** The status a server answers with; the connection ends after it. */
  readonly status: number;
  /** What the log says; nothing the client sent is in it. */
  readonly says: string;
  /** Where the rule stands. */
  readonly rule: string;
  /** What an exception to the rule would cost. */
  readonly why: string;
}

export type RefusalName =
  | "tls"
  | "http2-preface"
  | "no-proxy-line"
  | "bad-proxy-line"
  | "stray-proxy-line"
  | "too-many-connections"
  | "too-many-connections-of-one-client"
  | "no-memory"
  | "stopping"
  | "request-line"
  | "no-version"
  | "old-version"
  | "new-version"
  | "connect"
  | "target-form"
  | "long-request-line"
  | "bare-line-end"
  | "field-line"
  | "field-value"
  | "repeated-field"
  | "underscore"
  | "no-host"
  | "host"
  | "expectation"
  | "forwarded-fields"
  | "long-field"
  | "many-fields"
  | "long-head"
  | "slow-head"
  | "cut-head"
  | "length-and-coding"
  | "coding-in-http10"
  | "length"
  | "last-coding"
  | "coding-list"
  | "unknown-coding"
  | "long-body"
  | "chunk-size"
  | "chunk-end"
  | "chunk-line"
  | "chunk-extensions"
  | "trailer"
  | "long-trailers"
  | "slow-body"
  | "cut-body";

const TWO_PARSERS = "Where two parsers read two things, a request can be hidden from one of them.";

export const REFUSALS: Readonly<Record<RefusalName, Refusal>> = {
  tls: {
    part: "connection",
    status: 400,
    says: "the client speaks TLS, but this port speaks plain HTTP",
    rule: "RFC 8446 §5.1",
    why: "The line in the log names the usual mistake: https:// where http:// belongs.",
  },
  "http2-preface": {
    part: "connection",
    status: 505,
    says: "the client speaks HTTP/2, but this port speaks HTTP/1.1",
    rule: "RFC 9113 §3.4",
    why: "The line in the log names the mistake.",
  },
  "no-proxy-line": {
    part: "connection",
    status: 400,
    says: "the connection does not begin with a PROXY line (see --proxy-protocol)",
    rule: "PROXY protocol §2",
    why: "A receiver that guesses whether there is one lets clients write their own.",
  },
  "bad-proxy-line": {
    part: "connection",
    status: 400,
    says: "the PROXY line is not valid",
    rule: "PROXY protocol §2.1, §2.2",
    why: "Half an address is worse than none.",
  },
  "stray-proxy-line": {
    part: "connection",
    status: 400,
    says: "a PROXY line from a peer that may not send one (see --proxy-protocol, --proxy-allow-from)",
    rule: "PROXY protocol §2",
    why: "Whoever may write one says who the client is.",
  },
  "too-many-connections": {
    part: "connection",
    status: 503,
    says: "too many connections (see --limit-connections)",
    rule: "RFC 9110 §15.6.4",
    why: "Each one costs memory and a file descriptor; those that do nothing make room first.",
  },
  "too-many-connections-of-one-client": {
    part: "connection",
    status: 429,
    says: "too many connections of one client (see --limit-connections-per-address)",
    rule: "RFC 6585 §4",
    why: "One client must not take all the places.",
  },
  "no-memory": {
    part: "connection",
    status: 503,
    says: "too many bytes wait for slow clients (see --limit-buffer-memory)",
    rule: "RFC 9110 §15.6.4",
    why: "Memory has a bound; who has kept it longest without moving on lets go first.",
  },
  stopping: {
    part: "connection",
    status: 503,
    says: "the server stops before it has begun to serve",
    rule: "RFC 9110 §15.6.4",
    why: "Who waited for it can ask another server at once; a reset would tell nothing.",
  },
  "request-line": {
    part: "request line",
    status: 400,
    says: "the first line is not a request line",
    rule: "RFC 9112 §3",
    why: `One space stands between the parts and none inside of them; a target is visible ASCII without a fragment. ${TWO_PARSERS}`,
  },
  "no-version": {
    part: "request line",
    status: 400,
    says: "the request line has no HTTP version",
    rule: "RFC 9112 §2.3",
    why: "HTTP/0.9 has no head, so its request is whatever follows.",
  },
  "old-version": {
    part: "request line",
    status: 400,
    says: "the version is older than HTTP/1.0",
    rule: "RFC 9112 §2.3",
    why: "HTTP/0.x has neither heads nor framing.",
  },
  "new-version": {
    part: "request line",
    status: 505,
    says: "the version is newer than HTTP/1",
    rule: "RFC 9110 §15.6.6",
    why: "HTTP/2 and HTTP/3 are not lines of text. A later HTTP/1.x is served as HTTP/1.1.",
  },
  connect: {
    part: "request line",
    status: 501,
    says: "CONNECT is not served",
    rule: "RFC 9110 §9.3.6",
    why: "It asks for a tunnel, which an origin server does not open.",
  },
  "target-form": {
    part: "request line",
    status: 400,
    says: "the request-target has no known form",
    rule: "RFC 9112 §3.2",
    why: "Only a path, an http or https URI, and * for OPTIONS say what is asked for. The authority of a URI wins over Host.",
  },
  "long-request-line": {
    part: "request line",
    status: 414,
    says: "the request line is too long (see --limit-request-line)",
    rule: "RFC 9112 §3",
    why: "Every wait has a bound.",
  },
  "bare-line-end": {
    part: "header fields",
    status: 400,
    says: "a bare CR or LF in the request head",
    rule: "RFC 9112 §2.2",
    why: `A recipient may accept a bare LF; this one does not. ${TWO_PARSERS}`,
  },
  "field-line": {
    part: "header fields",
    status: 400,
    says: "a line of the head is not a header field",
    rule: "RFC 9112 §5.1, §5.2",
    why: `No colon, a name that is no token, a space before the colon, or a folded line. ${TWO_PARSERS}`,
  },
  "field-value": {
    part: "header fields",
    status: 400,
    says: "a header field has a character that none may have",
    rule: "RFC 9110 §5.5",
    why: "NUL and other controls end lines or strings for some readers.",
  },
  "repeated-field": {
    part: "header fields",
    status: 400,
    says: "a header field that may stand once stands twice",
    rule: "RFC 9110 §5.3",
    why: 'Some take the first and some the last. Repeated Cookie fields are joined by "; ", lists by ", ".',
  },
  underscore: {
    part: "header fields",
    status: 400,
    says: "a field name has an underscore (see --header-map)",
    rule: "RFC 3875 §4.1.18",
    why: "X_Foo and X-Foo are one meta-variable. By default such a field is dropped; with --header-map refuse the request is.",
  },
  "no-host": {
    part: "header fields",
    status: 400,
    says: "no Host",
    rule: "RFC 9112 §3.2",
    why: "HTTP/1.1 demands one. HTTP/1.0 may go without.",
  },
  host: {
    part: "header fields",
    status: 400,
    says: "Host is not a host",
    rule: "RFC 9112 §3.2, RFC 9110 §7.2",
    why: "Empty, with userinfo, a path, a space or a list: applications build links and decide on access by it.",
  },
  expectation: {
    part: "header fields",
    status: 417,
    says: "an expectation other than 100-continue",
    rule: "RFC 9110 §10.1.1",
    why: "What cannot be met must not seem to be.",
  },
  "forwarded-fields": {
    part: "header fields",
    status: 400,
    says: "what the trusted proxy forwards is not valid (see --forwarded-allow-ips)",
    rule: "RFC 7239 §4",
    why: "A proxy that passes its client's fields on shows here, before an application believes them.",
  },
  "long-field": {
    part: "header fields",
    status: 431,
    says: "a header field is too long (see --limit-request-field_size)",
    rule: "RFC 6585 §5",
    why: "Every wait has a bound.",
  },
  "many-fields": {
    part: "header fields",
    status: 431,
    says: "too many header fields (see --limit-request-fields)",
    rule: "RFC 6585 §5",
    why: "Every wait has a bound.",
  },
  "long-head": {
    part: "header fields",
    status: 431,
    says: "the request head is too long (see --limit-request-head)",
    rule: "RFC 6585 §5",
    why: "Every wait has a bound.",
  },
  "slow-head": {
    part: "header fields",
    status: 408,
    says: "the request head took too long (see --head-timeout)",
    rule: "RFC 9110 §15.5.9",
    why: "The clock runs for the head as a whole: a byte now and then does not set it back.",
  },
  "cut-head": {
    part: "header fields",
    status: 400,
    says: "the request head is cut short",
    rule: "RFC 9112 §8",
    why: "Half a request is none.",
  },
  "length-and-coding": {
    part: "framing",
    status: 400,
    says: "Content-Length and Transfer-Encoding in one request",
    rule: "RFC 9112 §6.1",
    why: TWO_PARSERS,
  },
  "coding-in-http10": {
    part: "framing",
    status: 400,
    says: "Transfer-Encoding in an HTTP/1.0 request",
    rule: "RFC 9112 §6.1",
    why: "HTTP/1.0 has none: a proxy in between has seen another body.",
  },
  length: {
    part: "framing",
    status: 400,
    says: "Content-Length is not a number of at most 15 digits",
    rule: "RFC 9110 §8.6",
    why: `Signs, spaces, lists (also of equal numbers), underscores, hexadecimal or nothing at all. ${TWO_PARSERS}`,
  },
  "last-coding": {
    part: "framing",
    status: 400,
    says: "Transfer-Encoding does not end in one chunked",
    rule: "RFC 9112 §6.3",
    why: "Such a body has no known end.",
  },
  "coding-list": {
    part: "framing",
    status: 400,
    says: "Transfer-Encoding is not a list of transfer codings",
    rule: "RFC 9112 §6.1",
    why: TWO_PARSERS,
  },
  "unknown-coding": {
    part: "framing",
    status: 501,
    says: "a transfer coding other than chunked",
    rule: "RFC 9112 §6.1",
    why: "Nothing is decoded by guess.",
  },
  "long-body": {
    part: "body",
    status: 413,
    says: "the request body is too large (see --limit-request-body)",
    rule: "RFC 9110 §15.5.14",
    why: "Every wait has a bound. A Content-Length is believed before the first byte, so 100 Continue is never sent for such a body.",
  },
  "chunk-size": {
    part: "body",
    status: 400,
    says: "a chunk does not begin with its size",
    rule: "RFC 9112 §7.1",
    why: "Hexadecimal digits alone, at most 13 of them, then extensions to the letter, without white space.",
  },
  "chunk-end": {
    part: "body",
    status: 400,
    says: "a chunk is longer than its size says",
    rule: "RFC 9112 §7.1",
    why: TWO_PARSERS,
  },
  "chunk-line": {
    part: "body",
    status: 400,
    says: "a line in the framing of a chunked body is not valid",
    rule: "RFC 9112 §2.2, §7.1",
    why: `A bare CR or LF, another control character, or a line without end. ${TWO_PARSERS}`,
  },
  "chunk-extensions": {
    part: "body",
    status: 400,
    says: "the chunk extensions are too long",
    rule: "RFC 9112 §7.1.1",
    why: "They count for no body's size: without a bound they go on for ever (CVE-2024-22019).",
  },
  trailer: {
    part: "body",
    status: 400,
    says: "a line of the trailers is not a header field",
    rule: "RFC 9112 §7.1.2",
    why: "Well-formed trailers are read and dropped: merged into the head they would change what was decided by it.",
  },
  "long-trailers": {
    part: "body",
    status: 431,
    says: "the trailers are too long",
    rule: "RFC 6585 §5",
    why: "Every wait has a bound.",
  },
  "slow-body": {
    part: "body",
    status: 408,
    says: "the request body took too long (see --body-timeout and --min-rate)",
    rule: "RFC 9110 §15.5.9",
    why: "Time in which the application does not read does not count.",
  },
  "cut-body": {
    part: "body",
    status: 400,
    says: "the request body is cut short",
    rule: "RFC 9112 §8",
    why: "An application never sees half a body as a whole one.",
  },
};
