/** Bodies of requests and the fields that delimit them (RFC 9112 §6 and §7.1). */
import type { Random } from "./random.ts";
import type { Spelling } from "./spelling.ts";

export interface Delimited {
  readonly fields: readonly (readonly [name: string, value: string])[];
  /** The body on the wire. */
  readonly wire: string;
  readonly body: string;
}

const GOOD_EXTENSIONS = ["", "", ";a", ";a=b", ';a="b c"', ';a="\\""', ";a;b=1;c=d"];
const BAD_EXTENSIONS = [
  " ;a",
  "; a",
  ";a =b",
  ";",
  ";a=",
  ";a=\0",
  " ",
  "\t",
  ';q="\r\n"',
  ";\x80",
];
const BAD_SIZES = ["", "-1", "+1", "0x1", " 1", "1 ", "g", "1.0", "00000000000000", "1_0", "1,1"];
const HUGE_SIZES = ["fffffffffffff", "ffffffff", "7fffffffffffffff", "100000000", "40000001"];
const GOOD_TRAILERS = ["", "", "", "X: 1\r\n", "Content-Length: 5\r\n", "A:\r\nB: \x80\t.\r\n"];
const BAD_TRAILERS = [
  "X : 1\r\n",
  " X: 1\r\n",
  "X\r\n",
  ":\r\n",
  "X: \0\r\n",
  "X: 1\n",
  "X: a\rb\r\n",
];
const BAD_LINE_ENDS = ["", "\n", "\r", "\r\r\n", "X\r\n", " \r\n"];
const CODINGS = ["chunked", "Chunked", "CHUNKED"];
const BAD_CODINGS = [
  ...["", ",", "chunked,", ",chunked", "chunked, chunked", "chunked;a=b", "xchunked", "identity"],
  ...["gzip, chunked", "gzip", "chunked, gzip", '"chunked"', "chunked chunked", "\vchunked"],
];
const BAD_LENGTHS = [
  ...["", "+1", "-0", "1,1", "1, 1", "0x1", "1.0", "1e1", "1 1", "\v1", "\x001", "9".repeat(15)],
  ...["9".repeat(16), "18446744073709551617", "4294967297", "1073741825", "\u00b2", "1_0"],
];
const BODIES = [
  ...["", "a", "hello", "\r\n", "0\r\n\r\n", "GET /smuggled HTTP/1.1\r\nHost: s.example\r\n\r\n"],
  ...["\0", "a=1&b=2", "\x80\xff", "5\r\nhello\r\n0\r\n\r\n"],
];

/** A body and its fields; HTTP/1.0 knows no transfer codings. */
export function delimitedBody(version: string, spelling: Spelling, random: Random): Delimited {
  const kind = random.below(version === "HTTP/1.0" ? 7 : 10);
  if (kind < 4) return { fields: [], wire: "", body: "" };
  const body = random.oneIn(4) ? random.latin1(100) : random.pick(BODIES);
  return kind < 7 ? byLength(body, spelling, random) : byChunks(body, spelling, random);
}

function byLength(body: string, spelling: Spelling, random: Random): Delimited {
  const length = `${body.length}`;
  const good = [length, length, length.padStart(1 + random.below(15), "0")];
  const fields: [string, string][] = [["Content-Length", spelling.of(good, BAD_LENGTHS)]];
  if (spelling.hasFault()) fields.push(["Content-length", random.pick([length, "0", "7"])]);
  if (spelling.hasFault()) fields.push(["Transfer-Encoding", random.pick(CODINGS)]);
  return { fields, wire: body, body };
}

function byChunks(body: string, spelling: Spelling, random: Random): Delimited {
  const fields: [string, string][] = [["Transfer-Encoding", spelling.of(CODINGS, BAD_CODINGS)]];
  if (spelling.hasFault()) fields.push(["transfer-encoding", random.pick(["", "chunked", "gzip"])]);
  if (spelling.hasFault()) fields.push(["Content-Length", `${random.below(9)}`]);
  let wire = "";
  for (let at = 0; at < body.length; ) {
    const size = 1 + random.below(body.length - at);
    const part = body.slice(at, at + size);
    wire += `${sizeLine(size, spelling, random)}${part}${spelling.of(["\r\n"], BAD_LINE_ENDS)}`;
    at += size;
  }
  const trailers = spelling.of(GOOD_TRAILERS, BAD_TRAILERS);
  wire += sizeLine(0, spelling, random) + trailers + spelling.of(["\r\n"], BAD_LINE_ENDS);
  return { fields, wire, body };
}

function sizeLine(size: number, spelling: Spelling, random: Random): string {
  const digits = size.toString(16);
  const good = [digits, digits.toUpperCase(), digits.padStart(1 + random.below(13), "0")];
  const written = spelling.of(good, random.oneIn(3) ? HUGE_SIZES : BAD_SIZES);
  const extension = spelling.of(GOOD_EXTENSIONS, BAD_EXTENSIONS);
  return written + extension + spelling.of(["\r\n"], BAD_LINE_ENDS);
}
