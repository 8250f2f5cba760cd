/** What the HTTP core costs: nanoseconds an operation, the best of several rounds. */
import { HttpConnection } from "../../src/http/connection.ts";
import { imfFixdate } from "../../src/http/date.ts";
import { DEFAULT_HTTP_LIMITS } from "../../src/http/limits.ts";
import { makeResponseHead } from "../../src/http/response-head.ts";

const CONNECTIONS = 100;
const TURNS = 2_000;
const ROUNDS = 7;

const BARE_GET = Buffer.from("GET / HTTP/1.1\r\nHost: 127.0.0.1:8000\r\n\r\n");

const BROWSER_FIELDS = [
  "Host: shop.example",
  "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
  "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
  "Accept-Language: en-US,en;q=0.5",
  "Accept-Encoding: gzip, deflate, br, zstd",
  "Referer: https://shop.example/catalogue?page=2",
  "Connection: keep-alive",
  "Cookie: sessionid=0123456789abcdef0123456789abcdef; csrftoken=ABCDEFabcdef0123; theme=dark",
  "Upgrade-Insecure-Requests: 1",
  "Sec-Fetch-Dest: document",
  "Sec-Fetch-Site: same-origin",
];

const COMMON = {
  date: `Date: ${imfFixdate(0)}\r\n`,
  server: "Server: portico\r\n",
};
const HELLO = [Buffer.from("Hello, World!")];
const RESPONSE = makeResponseHead("200 OK", [
  ["Content-Type", "text/plain; charset=utf-8"],
  ["Content-Length", "13"],
]);

report("bare GET, the same fields again", exchanges([BARE_GET, BARE_GET]));
report("bare GET, other fields each time", exchanges([BARE_GET, bareGet("b.example")]));
report("browser's head, the same fields again", exchanges([browserGet("1"), browserGet("1")]));
report("browser's head, other fields each time", exchanges([browserGet("1"), browserGet("2")]));

interface Cost {
  readonly parse: number;
  readonly send: number;
}

function report(what: string, { parse, send }: Cost): void {
  console.log(`${what.padEnd(40)} parse ${parse.toFixed(0)} ns, sendWhole ${send.toFixed(0)} ns`);
}

function bareGet(host: string): Buffer {
  return Buffer.from(`GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
}

function browserGet(tag: string): Buffer {
  const fields = [...BROWSER_FIELDS, `If-None-Match: "${tag}"`].join("\r\n");
  return Buffer.from(`GET /catalogue/42?ref=home HTTP/1.1\r\n${fields}\r\n\r\n`);
}

/** The best round's nanoseconds an exchange: receiveData, nextEvent, startNextCycle; sendWhole. */
function exchanges(heads: readonly [Buffer, Buffer]): Cost {
  const rounds = Array.from({ length: ROUNDS }, () => round(heads));
  return {
    parse: Math.min(...rounds.map((cost) => cost.parse)),
    send: Math.min(...rounds.map((cost) => cost.send)),
  };
}

function round(heads: readonly [Buffer, Buffer]): Cost {
  const connections = Array.from(
    { length: CONNECTIONS },
    () => new HttpConnection(DEFAULT_HTTP_LIMITS),
  );
  let parse = 0;
  let send = 0;
  for (let turn = 0; turn < TURNS; turn += 1) {
    const head = turn % 2 === 0 ? heads[0] : heads[1];
    const start = performance.now();
    for (const connection of connections) {
      connection.receiveData(head);
      connection.nextEvent();
    }
    const parsed = performance.now();
    for (const connection of connections) connection.sendWhole(RESPONSE, HELLO, 13, COMMON);
    const sent = performance.now();
    for (const connection of connections) connection.startNextCycle();
    parse += parsed - start + (performance.now() - sent);
    send += sent - parsed;
  }
  const toNanoseconds = 1e6 / (CONNECTIONS * TURNS);
  return { parse: parse * toNanoseconds, send: send * toNanoseconds };
}
