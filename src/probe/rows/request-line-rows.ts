/** Rows about the first line of a request. */
import { fail, pass, passIf, type Row } from "../row.ts";
import {
  answeredWith,
  isRefusal,
  type ReplyJudge,
  refusedOrSeen,
  strictRow,
} from "./strict-row.ts";

const END = ["Host: probe.example", "Connection: close"];

/** A ClientHello (RFC 8446 §4.1.2) as far as it matters here; a line feed ends its first "line". */
const TLS_HELLO = Buffer.from(`160301002f0100002b0303${"0a".repeat(32)}0000021301010000`, "hex");

/** RFC 9110 §6.2: no server conforms to a version that does not exist. */
const inOwnVersion: ReplyJudge = ({ answer, words }) => {
  if (answer === undefined) return fail(words);
  const said = `${answer.version} ${answer.status}`;
  return /^HTTP\/1\.[01]$/.test(answer.version) ? pass(said) : fail(said);
};

/** A bare LF, as it has some, need not end a line: whoever waits for CR LF does no wrong. */
const refusedOrUnanswered: ReplyJudge = (reply) =>
  passIf(isRefusal(reply) || reply.answer === undefined, reply.words);

export const REQUEST_LINE_ROWS: readonly Row[] = [
  strictRow({
    name: "request-without-version",
    title: "a request without a version (HTTP/0.9) is refused with 400 or 505",
    level: "SHOULD",
    source: "RFC 9112 §3",
    sent: ["GET /hello"],
    fair: answeredWith(400, 505),
  }),
  strictRow({
    name: "version-2-0",
    title: "a request line with HTTP/2.0 is answered, served or refused, as HTTP/1.x",
    level: "MUST",
    source: "RFC 9110 §6.2",
    sent: ["GET /hello HTTP/2.0", ...END],
    fair: inOwnVersion,
  }),
  strictRow({
    name: "version-1-2",
    title: "a request line with HTTP/1.2 is answered as HTTP/1.1",
    level: "MUST",
    source: "RFC 9110 §6.2",
    sent: ["GET /hello HTTP/1.2", ...END],
    fair: inOwnVersion,
  }),
  strictRow({
    name: "method-in-lower-case",
    title: "the method get is not taken for GET: passed on as it is, or refused",
    level: "MUST",
    source: "RFC 9110 §9.1",
    sent: ["get /environ HTTP/1.1", ...END],
    fair: refusedOrSeen("REQUEST_METHOD", ({ REQUEST_METHOD }) => REQUEST_METHOD === "get"),
  }),
  strictRow({
    name: "absolute-form",
    title: "a request-target in absolute form is accepted",
    level: "MUST",
    source: "RFC 9112 §3.2.2",
    sent: ["GET http://probe.example/hello HTTP/1.1", ...END],
    fair: answeredWith(200),
  }),
  strictRow({
    name: "absolute-form-host",
    title: "the authority of a request-target in absolute form wins over Host",
    level: "MUST",
    source: "RFC 9112 §3.2.2",
    sent: ["GET http://target.example/environ HTTP/1.1", ...END],
    fair: refusedOrSeen("HTTP_HOST", ({ HTTP_HOST, SERVER_NAME }) => {
      return (HTTP_HOST ?? SERVER_NAME) === "target.example";
    }),
  }),
  strictRow({
    name: "options-asterisk",
    title: "OPTIONS * is answered, and not as a bad request",
    level: "MUST",
    source: "RFC 9112 §3.2.4",
    sent: ["OPTIONS * HTTP/1.1", ...END],
    fair: answeredWith(200, 204, 404, 405, 501),
  }),
  strictRow({
    name: "space-in-target",
    title: "white space in the request-target is refused with 400 or mended by 301",
    level: "SHOULD",
    source: "RFC 9112 §3.2",
    sent: ["GET /hello there HTTP/1.1", ...END],
    fair: answeredWith(400, 301),
  }),
  strictRow({
    name: "empty-line-first",
    title: "an empty line before the request line is ignored",
    level: "SHOULD",
    source: "RFC 9112 §2.2",
    sent: ["", "GET /hello HTTP/1.1", ...END],
    fair: answeredWith(200),
  }),
  strictRow({
    name: "tls-hello",
    title: "a TLS hello may be refused at once, or waited out as a line without its end; no more",
    level: "MAY",
    source: "RFC 9112 §2.2 and §3",
    sent: TLS_HELLO,
    fair: refusedOrUnanswered,
  }),
];
