/** What HTTP costs: a head read, a head made and checked, an answer written. */
import type { HttpConnection } from "../../src/http/connection.ts";
import type { ResponseHead } from "../../src/http/events.ts";
import { makeResponseHead } from "../../src/http/response-head.ts";
import { encodeResponseHead, joinHeadAndBody } from "../../src/http/writers.ts";
import { type Benchmark, bench } from "./kit.ts";
import {
  BARE_GET,
  browserGet,
  COMMON_FIELDS,
  HELLO_BODY,
  HELLO_STATUS,
  HELLO_WIRE,
  helloHeaders,
  nextHead,
  openConnection,
} from "./requests.ts";

const HELLO_HEAD: ResponseHead = makeResponseHead(HELLO_STATUS, helloHeaders());

export const HTTP_PARTS: readonly Benchmark[] = [
  exchange("HTTP exchange, bare head", [BARE_GET]),
  exchange("HTTP exchange, browser's head, the same again", [browserGet("1")]),
  exchange("HTTP exchange, browser's head, another each time", [browserGet("1"), browserGet("2")]),
  chunkedBody("HTTP chunked body, 16 chunks"),
  bench("response head made and checked", () => makeHello().headers.length, 2),
  bench("response head and body to text", writeHello, HELLO_WIRE),
];

/** One request read and answered: everything between the socket's bytes and the answer's. */
function exchange(name: string, heads: readonly Buffer[]): Benchmark {
  const connection = openConnection();
  let turn = 0;
  const operation = (): unknown => {
    const head = nextHead(connection, heads[turn++ % heads.length] ?? BARE_GET);
    const wire = answer(connection);
    return head.method === "GET" && wire;
  };
  return bench(name, operation, HELLO_WIRE);
}

function answer(connection: HttpConnection): unknown {
  const wire = connection.sendWhole(HELLO_HEAD, [HELLO_BODY], HELLO_BODY.length, COMMON_FIELDS);
  connection.startNextCycle();
  return wire;
}

function chunkedBody(name: string): Benchmark {
  const connection = openConnection();
  const head = Buffer.from("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
  const body = Buffer.from(`${"400\r\n".concat("x".repeat(1024), "\r\n").repeat(16)}0\r\n\r\n`);
  const operation = (): number => {
    nextHead(connection, head);
    connection.receiveData(body);
    let bytes = 0;
    let event = connection.nextEvent();
    while (typeof event !== "symbol" && event.type === "data") {
      bytes += event.data.length;
      event = connection.nextEvent();
    }
    answer(connection);
    return bytes;
  };
  return bench(name, operation, 16 * 1024);
}

function makeHello(): ResponseHead {
  return makeResponseHead(HELLO_STATUS, helloHeaders());
}

function writeHello(): unknown {
  const { length } = HELLO_BODY;
  const text = encodeResponseHead(
    HELLO_HEAD,
    { kind: "content-length", length },
    "",
    COMMON_FIELDS,
  );
  return joinHeadAndBody(text, [HELLO_BODY], length);
}
