/** What applications give to be sent, in their right mind and out of it. */
import type { Random } from "./random.ts";
import type { Field } from "./response-reader.ts";
import { Spelling } from "./spelling.ts";

export interface Answer {
  readonly method: string;
  readonly version: "HTTP/1.0" | "HTTP/1.1";
  /** Whether the client asks for more answers on this connection. */
  readonly asksToKeep: boolean;
  /** The client's bytes are no request; it is answered all the same, and for the last time. */
  readonly answersNoRequest: boolean;
  readonly status: string;
  readonly headers: readonly Field[];
  /** Whether the grammar allows the status and the headers. */
  readonly isGood: boolean;
  readonly chunks: readonly string[];
  readonly way: "whole" | "streamed";
  readonly hints: readonly Field[] | undefined;
}

const METHODS = ["GET", "GET", "POST", "HEAD", "OPTIONS", "get"];
const STATUSES = [
  ...["200 OK", "200 OK", "204 No Content", "205 Reset Content", "304 Not Modified", "206 \xff"],
  ...["404 Not Found", "500 Internal Server Error", "599 a  b", "299 :", "301 Moved"],
];
const BAD_STATUSES = [
  ...[
    "",
    "200",
    "200 ",
    "200  OK",
    "099 X",
    "600 X",
    "100 Continue",
    "200 OK\r\nX: 1",
    "200 OK ",
    "20 OK",
  ],
  ...[
    "200 O\tK",
    "200 O\0K",
    "200\tOK",
    " 200 OK",
    "200 OK\n",
    "200 \u0100",
    "2000 OK",
    "101 Switching",
  ],
];
const NAMES = [
  ...[
    "Content-Type",
    "X-A",
    "x-a",
    "Set-Cookie",
    "Date",
    "date",
    "Server",
    "SERVER",
    "ETag",
    "X_Y",
  ],
  ...["Vary", "!#$%&'*+-.^_`|~9", "Location", "__proto__", "Content-Range"],
];
const BAD_NAMES = [
  ...[
    "",
    " X",
    "X ",
    "X:",
    "X\r\nY",
    "X\0",
    "\x80",
    "Connection",
    "Transfer-Encoding",
    "transfer-encoding",
  ],
  ...[
    "Keep-Alive",
    "Upgrade",
    "TE",
    "Trailer",
    "Proxy-Connection",
    "X Y",
    "\u212a",
    "Content-Length\n",
  ],
];
const VALUES = ["", "a", "a, b", '"q"', "a\tb  c", "\x80\xff", " a ", "\t", ":", "x: y"];
const BAD_VALUES = [
  "a\r\nX: y",
  "a\rb",
  "a\nb",
  "a\0b",
  "\x7f",
  "\u0100",
  "\x1b",
  "a\r\n b",
  "\u560d\u560a",
];
const BAD_LENGTHS = [
  "",
  "-1",
  "+1",
  "1 1",
  "0x1",
  "1,1",
  "9".repeat(16),
  " 1",
  "1 ",
  "\u0661",
  "1\r\n",
];

/** An answer and the request it answers. */
export function makeAnswer(random: Random): Answer {
  const spelling = new Spelling(random, random.oneIn(3) ? "faults" : "no-faults");
  const chunks = makeChunks(random);
  const size = chunks.reduce((total, chunk) => total + chunk.length, 0);
  const headers = [...makeHeaders(spelling, random), ...lengthHeaders(size, spelling, random)];
  const status = spelling.of(STATUSES, BAD_STATUSES);
  const { isGood } = spelling;
  const answersNoRequest = random.oneIn(10);
  return {
    method: answersNoRequest ? "" : random.pick(METHODS),
    version: answersNoRequest || !random.oneIn(4) ? "HTTP/1.1" : "HTTP/1.0",
    asksToKeep: !answersNoRequest && !random.oneIn(6),
    answersNoRequest,
    status,
    headers,
    isGood,
    chunks,
    way: random.pick(["whole", "streamed"] as const),
    hints:
      !answersNoRequest && random.oneIn(10)
        ? makeHeaders(new Spelling(random, "no-faults"), random)
        : undefined,
  };
}

function makeHeaders(spelling: Spelling, random: Random): Field[] {
  return Array.from({ length: random.below(5) }, (): Field => {
    const value = spelling.of([...VALUES, random.visible(12)], BAD_VALUES);
    return [spelling.of(NAMES, BAD_NAMES), value];
  });
}

/** A length that is right, too small or too large, for all of which there is a right answer. */
function lengthHeaders(size: number, spelling: Spelling, random: Random): Field[] {
  if (!random.oneIn(3)) return [];
  const lengths = [size, size, size, size + 1, Math.max(0, size - 1), 0].map(String);
  const length = spelling.of([...lengths, `${size}`.padStart(9, "0")], BAD_LENGTHS);
  const headers: Field[] = [[random.pick(["Content-Length", "content-length"]), length]];
  if (spelling.hasFault()) headers.push(["CONTENT-LENGTH", length]);
  return headers;
}

function makeChunks(random: Random): string[] {
  const most = random.oneIn(40) ? 4096 : 40;
  return Array.from({ length: random.below(5) }, () =>
    random.oneIn(5) ? "0\r\n\r\nHTTP/1.1 200 OK\r\n\r\n" : random.latin1(most),
  );
}
