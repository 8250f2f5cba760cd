/** Rows about the lines of header fields that two parsers could read in two ways. */
import type { Row } from "../row.ts";
import { answeredWith, droppedOrSeen, refusedOrSeen, strictRow } from "./strict-row.ts";

const START = ["GET /environ HTTP/1.1", "Connection: close"];
const HOST = "Host: probe.example";

export const HEADER_FIELD_ROWS: readonly Row[] = [
  strictRow({
    name: "no-host",
    title: "HTTP/1.1 without Host is refused with 400",
    level: "MUST",
    source: "RFC 9112 §3.2",
    sent: START,
    fair: answeredWith(400),
  }),
  strictRow({
    name: "two-hosts",
    title: "two Host fields are refused with 400",
    level: "MUST",
    source: "RFC 9112 §3.2",
    sent: [...START, HOST, "Host: other.example"],
    fair: answeredWith(400),
  }),
  strictRow({
    name: "invalid-host",
    title: "a Host that is none (two words, a path) is refused with 400",
    level: "MUST",
    source: "RFC 9112 §3.2",
    sent: [...START, "Host: probe example/path"],
    fair: answeredWith(400),
  }),
  strictRow({
    name: "space-before-colon",
    title: "white space between a field's name and its colon is refused with 400",
    level: "MUST",
    source: "RFC 9112 §5.1",
    sent: [...START, HOST, "X-A : 1"],
    fair: answeredWith(400),
  }),
  strictRow({
    name: "folded-field",
    title: "a folded field is refused, or the fold replaced by spaces",
    level: "MUST",
    source: "RFC 9112 §5.2",
    sent: [...START, HOST, "X-A: one", " two"],
    fair: refusedOrSeen("HTTP_X_A", ({ HTTP_X_A }) => /^one +two$/.test(HTTP_X_A ?? "")),
  }),
  strictRow({
    name: "space-before-first-field",
    title: "a line with white space in front behind the request line is refused or ignored",
    level: "MUST",
    source: "RFC 9112 §2.2",
    sent: ["GET /environ HTTP/1.1", " X-A: 1", "Connection: close", HOST],
    fair: refusedOrSeen("HTTP_X_A", ({ HTTP_X_A }) => HTTP_X_A === undefined),
  }),
  strictRow({
    name: "bare-lf",
    title: "a bare LF among the fields is refused, ends a line or becomes a space; it is no data",
    level: "MUST",
    source: "RFC 9112 §2.2, RFC 9110 §5.5",
    sent: [...START, HOST, "X-A: one\nX-B: two"],
    fair: refusedOrSeen("HTTP_X_A", ({ HTTP_X_A, HTTP_X_B }) => {
      return HTTP_X_A === "one X-B: two" || (HTTP_X_A === "one" && HTTP_X_B === "two");
    }),
  }),
  strictRow({
    name: "bare-cr",
    title: "a bare CR in a field is refused or becomes a space",
    level: "MUST",
    source: "RFC 9112 §2.2",
    sent: [...START, HOST, "X-A: one\rtwo"],
    fair: droppedOrSeen("HTTP_X_A", ({ HTTP_X_A }) => HTTP_X_A === "one two"),
  }),
  strictRow({
    name: "nul-in-field",
    title: "a NUL in a field is refused or becomes a space",
    level: "MUST",
    source: "RFC 9110 §5.5",
    sent: [...START, HOST, "X-A: one\0two"],
    fair: droppedOrSeen("HTTP_X_A", ({ HTTP_X_A }) => HTTP_X_A === "one two"),
  }),
];
