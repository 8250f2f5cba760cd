import assert from "node:assert/strict";
import { test } from "node:test";
import { RemoteProtocolError } from "../../src/http/errors.ts";
import {
  type ProxyHeader,
  type ProxyMode,
  readProxyHeader,
} from "../../src/http/proxy-protocol.ts";
import { ReceiveBuffer } from "../../src/http/receive-buffer.ts";

type Mode = Exclude<ProxyMode, "off">;
type Outcome = ProxyHeader | string | undefined;

const REQUEST = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
const SIGNATURE = "\r\n\r\n\0\r\nQUIT\n";
const IPV4 = "\xc0\x00\x02\x01\xc6\x33\x64\x02\x30\x39\x01\xbb";
const IPV6 = `\x20\x01\x0d\xb8${"\0".repeat(11)}\x01\x20\x01\x0d\xb8${"\0".repeat(11)}\x02\x30\x39\x01\xbb`;
const ENDPOINTS_4 = {
  source: "192.0.2.1",
  sourcePort: 12345,
  destination: "198.51.100.2",
  destinationPort: 443,
};
const ENDPOINTS_6 = { ...ENDPOINTS_4, source: "2001:db8::1", destination: "2001:db8::2" };
const UNKNOWN = { endpoints: undefined, isTls: false };

function v2(command: number, family: number, block: string): string {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(block.length);
  return SIGNATURE + String.fromCharCode(command, family) + length.toString("latin1") + block;
}

function vector(type: number, value: string): string {
  return String.fromCharCode(type, value.length >> 8, value.length & 0xff) + value;
}

/** What comes of the pieces: a header with what is left behind it, or the refusal's name. */
function read(pieces: readonly Buffer[], mode: Mode): { outcome: Outcome; rest: string } {
  const buffer = new ReceiveBuffer();
  let outcome: Outcome;
  for (const piece of pieces) {
    if (piece.length > 0) buffer.append(piece);
    if (outcome !== undefined) continue;
    try {
      outcome = readProxyHeader(buffer, mode);
    } catch (error) {
      if (!(error instanceof RemoteProtocolError)) throw error;
      outcome = error.refusal;
    }
  }
  return { outcome, rest: buffer.peekText(0, 10_000) };
}

function readEveryWay(text: string, mode: Mode): { outcome: Outcome; rest: string } {
  const bytes = Buffer.from(text, "latin1");
  const whole = read([bytes], mode);
  const byteByByte = Array.from(bytes, (_, index) => bytes.subarray(index, index + 1));
  assert.deepEqual(read(byteByByte, mode), whole, "byte by byte");
  for (let cut = 0; cut <= bytes.length; cut += 1) {
    const pieces = [bytes.subarray(0, cut), bytes.subarray(cut)];
    assert.deepEqual(read(pieces, mode), whole, `cut at byte ${cut}`);
  }
  return whole;
}

const LONGEST_UNKNOWN = `PROXY UNKNOWN ${"f".repeat(91)}\r\n`;

const VALID: readonly (readonly [name: string, header: string, is: ProxyHeader])[] = [
  [
    "TCP4",
    "PROXY TCP4 192.0.2.1 198.51.100.2 12345 443\r\n",
    { endpoints: ENDPOINTS_4, isTls: false },
  ],
  [
    "TCP6",
    "PROXY TCP6 2001:db8::1 2001:DB8:0:0:0:0:0:2 12345 443\r\n",
    { endpoints: ENDPOINTS_6, isTls: false },
  ],
  ["UNKNOWN, short", "PROXY UNKNOWN\r\n", UNKNOWN],
  ["UNKNOWN, of 107 bytes", LONGEST_UNKNOWN, UNKNOWN],
  ["LOCAL", v2(0x20, 0, ""), "local"],
  ["LOCAL with a family that is none and a block", v2(0x20, 0xff, "abc"), "local"],
  ["TCP over IPv4", v2(0x21, 0x11, IPV4), { endpoints: ENDPOINTS_4, isTls: false }],
  ["UDP over IPv4", v2(0x21, 0x12, IPV4), { endpoints: ENDPOINTS_4, isTls: false }],
  ["TCP over IPv6", v2(0x21, 0x21, IPV6), { endpoints: ENDPOINTS_6, isTls: false }],
  ["a Unix socket", v2(0x21, 0x31, "/".repeat(216)), UNKNOWN],
  ["AF_UNSPEC", v2(0x21, 0x00, "whatever it is"), UNKNOWN],
  [
    "TLS",
    v2(0x21, 0x11, IPV4 + vector(4, "pad") + vector(0x20, "\x01\0\0\0\0") + vector(0xe0, "")),
    { endpoints: ENDPOINTS_4, isTls: true },
  ],
  [
    "no TLS at the client's side",
    v2(0x21, 0x11, IPV4 + vector(0x20, "\x00\0\0\0\0")),
    { endpoints: ENDPOINTS_4, isTls: false },
  ],
  [
    "TLS over a Unix socket",
    v2(0x21, 0x31, "/".repeat(216) + vector(0x20, "\x01\0\0\0\0")),
    { endpoints: undefined, isTls: true },
  ],
  [
    "4096 bytes behind the fixed part",
    v2(0x21, 0x11, IPV4 + vector(4, "x".repeat(4081))),
    { endpoints: ENDPOINTS_4, isTls: false },
  ],
];

for (const [name, header, is] of VALID) {
  test(`is read and not a byte more, however it is cut: ${name}`, () => {
    const version = header.startsWith("P") ? "v1" : "v2";
    // Every cut of the longest one takes as long as all others together.
    const readAll =
      header.length > 1000
        ? (text: string, mode: Mode) => read([Buffer.from(text, "latin1")], mode)
        : readEveryWay;
    for (const mode of [version, "auto"] as const) {
      assert.deepEqual(readAll(header + REQUEST, mode), { outcome: is, rest: REQUEST });
    }
    const other = version === "v1" ? "v2" : "v1";
    assert.equal(readAll(header + REQUEST, other).outcome, "no-proxy-line");
  });
}

test("is not there in a plain request, which auto leaves whole and a version refuses", () => {
  for (const request of [REQUEST, `P${REQUEST}`, `PROX${REQUEST}`, `\r\n${REQUEST}`, "\x16\x03"]) {
    assert.deepEqual(readEveryWay(request, "auto"), { outcome: "none", rest: request });
    assert.equal(readEveryWay(request, "v1").outcome, "no-proxy-line");
    assert.equal(readEveryWay(request, "v2").outcome, "no-proxy-line");
  }
});

test("is waited for as long as it may still come", () => {
  for (const part of ["", "P", "PROXY ", "PROXY TCP4 1.2.3.4 1.2.3.4 1 1\r", "\r\n\r\n"]) {
    assert.equal(readEveryWay(part, "auto").outcome, undefined, JSON.stringify(part));
  }
  const header = v2(0x21, 0x11, IPV4);
  for (let end = 0; end < header.length; end += 1) {
    assert.equal(read([Buffer.from(header.slice(0, end), "latin1")], "v2").outcome, undefined);
  }
});

const INVALID: readonly string[] = [
  "PROXY TCP4 192.0.2.1 198.51.100.2 12345 443\n",
  "PROXY TCP4 192.0.2.1 198.51.100.2 12345 443\rX",
  "PROXY TCP4 192.0.2.1 198.51.100.2 12345\r\n",
  "PROXY TCP4 192.0.2.1 198.51.100.2 12345 443 \r\n",
  "PROXY  TCP4 192.0.2.1 198.51.100.2 12345 443\r\n",
  "PROXY TCP4 192.0.2.1 198.51.100.2 012345 443\r\n",
  "PROXY TCP4 192.0.2.1 198.51.100.2 12345 65536\r\n",
  "PROXY TCP4 192.0.2.1 198.51.100.2 12345 -1\r\n",
  "PROXY TCP4 192.0.2.01 198.51.100.2 12345 443\r\n",
  "PROXY TCP4 192.0.2.256 198.51.100.2 12345 443\r\n",
  "PROXY TCP4 2001:db8::1 2001:db8::2 12345 443\r\n",
  "PROXY TCP6 192.0.2.1 198.51.100.2 12345 443\r\n",
  "PROXY TCP6 2001:db8:::1 2001:db8::2 12345 443\r\n",
  "PROXY UDP4 192.0.2.1 198.51.100.2 12345 443\r\n",
  "PROXY tcp4 192.0.2.1 198.51.100.2 12345 443\r\n",
  "PROXY UNKNOWNS\r\n",
  `PROXY UNKNOWN ${"f".repeat(92)}\r\n`,
  `PROXY UNKNOWN ${"f".repeat(300)}`,
  v2(0x11, 0x11, IPV4),
  v2(0x22, 0x11, IPV4),
  v2(0x21, 0x41, IPV4),
  v2(0x21, 0x13, IPV4),
  v2(0x21, 0x11, IPV4.slice(1)),
  v2(0x21, 0x21, IPV4),
  v2(0x21, 0x31, IPV6),
  v2(0x21, 0x11, `${IPV4}\x20\0`),
  v2(0x21, 0x11, `${IPV4}\x20\0\x05\x01`),
  v2(0x21, 0x11, IPV4 + vector(0x20, "\x01\0\0\0")),
  v2(0x21, 0x11, IPV4 + vector(4, "x".repeat(4082))).slice(0, 200),
];

test("is refused where it is not valid, however it is cut", () => {
  for (const header of INVALID) {
    for (const mode of [header.startsWith("P") ? "v1" : "v2", "auto"] as const) {
      const { outcome } = readEveryWay(header, mode);
      assert.equal(outcome, "bad-proxy-line", JSON.stringify(header));
    }
  }
});
