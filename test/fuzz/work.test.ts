/** The work that bytes cost grows with their number, and not with its square. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { DEFAULT_HTTP_LIMITS, type HttpLimits } from "../../src/http/limits.ts";
import { read } from "../http/every-cut.ts";

/** No limit ends what is to grow, but for that of a line: what is read again is never longer. */
const LONG: HttpLimits = {
  ...DEFAULT_HTTP_LIMITS,
  maxFields: 1e9,
  maxHeadBytes: 1e9,
  maxChunkLineBytes: 1e9,
};
/** For lines that come in one piece. */
const ENDLESS: HttpLimits = { ...LONG, maxRequestLineBytes: 1e9, maxFieldBytes: 1e9 };

const FACTOR = 8;
/** Linear work grows by FACTOR, quadratic work by its square, 64; the rest is noise. */
const MAX_GROWTH = 3 * FACTOR;
const REPEATS = 3;

const HEAD = "POST / HTTP/1.1\r\nHost: a\r\n";
const CHUNKED = `${HEAD}Transfer-Encoding: chunked\r\n\r\n`;

interface Growing {
  /** An input whose length grows with `times`. */
  readonly make: (times: number) => string;
  readonly times: number;
  readonly limits: HttpLimits;
}

const BYTE_BY_BYTE: Readonly<Record<string, Growing>> = {
  "short fields": { make: (n) => `${HEAD}${"X: 1\r\n".repeat(n)}`, times: 2000, limits: LONG },
  "long fields": {
    make: (n) => `${HEAD}${`X: ${"a".repeat(2000)}\r\n`.repeat(n)}`,
    times: 4,
    limits: LONG,
  },
  "Connection fields": {
    make: (n) => `${HEAD}${"Connection: a\r\n".repeat(n)}\r\n`,
    times: 1000,
    limits: LONG,
  },
  "small chunks": { make: (n) => CHUNKED + "1\r\na\r\n".repeat(n), times: 2000, limits: LONG },
  "one chunk": {
    make: (n) => `${CHUNKED}${n.toString(16)}\r\n${"a".repeat(n)}`,
    times: 10_000,
    limits: LONG,
  },
  "a chunk extension": { make: (n) => `${CHUNKED}1;${"a".repeat(n)}`, times: 10_000, limits: LONG },
  trailers: { make: (n) => `${CHUNKED}0\r\n${"X: 1\r\n".repeat(n)}`, times: 2000, limits: LONG },
  "a body": {
    make: (n) => `${HEAD}Content-Length: ${n}\r\n\r\n${"a".repeat(n)}`,
    times: 10_000,
    limits: LONG,
  },
  requests: {
    make: (n) => "GET / HTTP/1.1\r\nHost: a\r\n\r\n".repeat(n),
    times: 400,
    limits: LONG,
  },
};

/** Long lines that regular expressions might try in many ways before they give up. */
const IN_ONE_PIECE: Readonly<Record<string, (times: number) => string>> = {
  "a target": (n) => `GET /${"?/".repeat(n)}\x80 HTTP/1.1\r\n`,
  "an authority": (n) => `GET http://${"a%41".repeat(n)}@ HTTP/1.1\r\nHost: a\r\n\r\n`,
  "spaces in a request line": (n) => `GET${" ".repeat(n)}HTTP/1.1\r\n`,
  "a name of a host": (n) => `GET / HTTP/1.1\r\nHost: ${"%41a-".repeat(n)}%\r\n\r\n`,
  "an address of a host": (n) => `GET / HTTP/1.1\r\nHost: [${":".repeat(n)}\r\n\r\n`,
  "white space in a field": (n) => `GET / HTTP/1.1\r\nX:${" \t".repeat(n)}a${" ".repeat(n)}\0\r\n`,
  "transfer codings": (n) =>
    `${HEAD}Transfer-Encoding: a${' ; a = "b"'.repeat(n)}, chunked\r\n\r\n`,
  "commas in Connection": (n) => `${HEAD}Connection: ${", ,".repeat(n)}\r\n\r\n`,
  expectations: (n) => `${HEAD}Expect: ${"100-continue,".repeat(n)}\r\n\r\n`,
  "chunk extensions": (n) => `${CHUNKED}1${';a="\\""'.repeat(n)};\r\n`,
  "a quoted chunk extension": (n) => `${CHUNKED}1;a="${"\\a".repeat(n)}\r\n`,
  "requests in one piece": (n) => "GET / HTTP/1.1\r\nHost: a\r\n\r\n".repeat(n / 20),
};

for (const [name, { make, times, limits }] of Object.entries(BYTE_BY_BYTE)) {
  test(`twice as many bytes cost twice the work, one by one: ${name}`, () => {
    const piecesOf = (text: string) => Array.from(Buffer.from(text), (byte) => Buffer.from([byte]));
    const cost = (n: number) => workOf(piecesOf(make(n)), limits);
    assertGrowsLinearly(cost(times), cost(times * FACTOR));
  });
}

for (const [name, make] of Object.entries(IN_ONE_PIECE)) {
  test(`twice as many bytes cost twice the work, in one piece: ${name}`, () => {
    const cost = (n: number) => workOf([Buffer.from(make(n), "latin1")], ENDLESS);
    assertGrowsLinearly(cost(4000), cost(4000 * FACTOR));
  });
}

test("a line that comes byte by byte up to its limit costs each byte no more than its length", () => {
  const line = `GET /${"a".repeat(DEFAULT_HTTP_LIMITS.maxRequestLineBytes)}`;
  const pieces = Array.from(Buffer.from(line), (byte) => Buffer.from([byte]));
  assert.deepEqual(read(pieces).end, { statusHint: 414 });
  // So many bytes of one connection come in a second if each of them is a packet of its own.
  assert.ok(workOf(pieces, DEFAULT_HTTP_LIMITS) < 1000, "a line holds the process for a second");
});

/** Milliseconds of this process's own time, of the cheapest of some readings. */
function workOf(pieces: readonly Buffer[], limits: HttpLimits): number {
  const costs = Array.from({ length: REPEATS }, () => {
    const before = process.cpuUsage();
    read(pieces, limits);
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  });
  return Math.min(...costs);
}

function assertGrowsLinearly(few: number, many: number): void {
  // What takes less than a millisecond is measured too roughly to be compared.
  const growth = many / Math.max(few, 1);
  assert.ok(
    growth < MAX_GROWTH,
    `${FACTOR} times the bytes cost ${growth.toFixed(1)} times as much`,
  );
}
