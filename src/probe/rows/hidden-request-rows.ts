/**
 * Request smuggling: where a proxy and a server see the end of a request in two places, what is
 * between them is a request that the proxy never saw. Each row hides one behind a fault.
 */
import { type Reply, replyTo } from "../reply.ts";
import { fail, type Judgement, pass, type Row } from "../row.ts";

const HIDDEN = "GET /hello?hidden HTTP/1.1\r\nHost: probe.example\r\n\r\n";
const LENGTH = HIDDEN.length;
const CHUNKED = "Transfer-Encoding: chunked";
/** 2 to the power of 64, which is 0 for who keeps 64 bits of it. */
const OVERFLOW = 18_446_744_073_709_551_616n;

interface Hiding {
  readonly name: string;
  /** Completes "a request hidden behind …". */
  readonly fault: string;
  readonly source: string;
  /** `POST /echo HTTP/1.1` where it is not said. */
  readonly line?: string;
  readonly fields: readonly string[];
  readonly body?: string;
}

const HIDINGS: readonly Hiding[] = [
  {
    name: "length-beside-coding",
    fault: "the last chunk, by a Content-Length that counts it to the body",
    source: "RFC 9112 §6.1",
    fields: [`Content-Length: ${LENGTH + 5}`, CHUNKED],
    body: `0\r\n\r\n${HIDDEN}`,
  },
  {
    name: "short-length-beside-coding",
    fault: "a Content-Length that ends inside of a chunk",
    source: "RFC 9112 §6.1",
    fields: ["Content-Length: 4", CHUNKED],
    body: `${LENGTH.toString(16)}\r\n${HIDDEN}\r\n0\r\n\r\n`,
  },
  {
    name: "shorter-length-first",
    fault: "the first of two Content-Length",
    source: "RFC 9112 §6.3",
    fields: ["Content-Length: 0", `Content-Length: ${LENGTH}`],
  },
  {
    name: "shorter-length-last",
    fault: "the last of two Content-Length",
    source: "RFC 9112 §6.3",
    fields: [`Content-Length: ${LENGTH}`, "Content-Length: 0"],
  },
  {
    name: "list-of-lengths",
    fault: "a Content-Length that is a list of two",
    source: "RFC 9112 §6.3",
    fields: [`Content-Length: 0, ${LENGTH}`],
  },
  {
    name: "length-with-plus",
    fault: "a Content-Length with a plus sign",
    source: "RFC 9112 §6.3",
    fields: [`Content-Length: +${LENGTH}`],
  },
  {
    name: "negative-length",
    fault: "a negative Content-Length",
    source: "RFC 9112 §6.3",
    fields: [`Content-Length: -${LENGTH}`],
  },
  {
    name: "length-overflow",
    fault: "a Content-Length of 2 to the power of 64",
    source: "RFC 9110 §8.6",
    fields: [`Content-Length: ${OVERFLOW}`],
  },
  {
    name: "length-with-space-before-colon",
    fault: "a Content-Length with a space before its colon",
    source: "RFC 9112 §5.1",
    fields: [`Content-Length : ${LENGTH}`],
  },
  {
    name: "folded-length",
    fault: "a folded Content-Length",
    source: "RFC 9112 §5.2",
    fields: [`Content-Length:\r\n ${LENGTH}`],
  },
  {
    name: "unknown-coding",
    fault: "an unknown transfer coding",
    source: "RFC 9112 §6.3",
    fields: ["Transfer-Encoding: xchunked"],
  },
  {
    name: "coding-behind-chunked",
    fault: "a transfer coding behind chunked",
    source: "RFC 9112 §6.3",
    fields: ["Transfer-Encoding: chunked, gzip"],
  },
  {
    name: "coding-in-http10",
    fault: "a chunked body of HTTP/1.0",
    source: "RFC 9112 §6.1",
    line: "POST /echo HTTP/1.0",
    fields: ["Connection: keep-alive", `Content-Length: ${LENGTH + 5}`, CHUNKED],
    body: `0\r\n\r\n${HIDDEN}`,
  },
  {
    name: "chunk-size-overflow",
    fault: "a chunk of 2 to the power of 64 bytes",
    source: "RFC 9112 §7.1",
    fields: [CHUNKED],
    body: `${OVERFLOW.toString(16)}\r\n\r\n${HIDDEN}`,
  },
  {
    name: "chunk-without-end",
    fault: "a chunk without CR LF at its end",
    source: "RFC 9112 §7.1",
    fields: [CHUNKED],
    body: `3\r\nabcXX0\r\n\r\n${HIDDEN}`,
  },
  {
    name: "unread-body",
    fault: "a Content-Length that the application does not read",
    source: "RFC 9112 §9.3",
    line: "GET /hello HTTP/1.1",
    fields: [`Content-Length: ${LENGTH}`],
  },
  {
    name: "unread-chunked-body",
    fault: "a chunk that the application does not read",
    source: "RFC 9112 §9.3",
    line: "POST /hello HTTP/1.1",
    fields: [CHUNKED],
    body: `${LENGTH.toString(16)}\r\n${HIDDEN}\r\n0\r\n\r\n`,
  },
];

export const HIDDEN_REQUEST_ROWS: readonly Row[] = HIDINGS.map(hiddenRequestRow);

function hiddenRequestRow({ name, fault, source, line, fields, body = HIDDEN }: Hiding): Row {
  const head = [line ?? "POST /echo HTTP/1.1", "Host: probe.example", ...fields].join("\r\n");
  return {
    name: `hidden-by-${name}`,
    title: `a request hidden behind ${fault} is not answered`,
    group: "Strictness",
    level: "MUST",
    source,
    judge: async (server) => judgeHiding(await replyTo(server, `${head}\r\n\r\n${body}`)),
  };
}

/** Whatever the request itself gets, even silence, is for other rows to judge. */
function judgeHiding({ further, words }: Reply): Judgement {
  const isAnswered = further.some((status) => status < 300);
  return isAnswered ? fail(`${words}: the hidden request was answered`) : pass(words);
}
