/** The requests and the answer that the micro-benchmarks are about. */
import { HttpConnection } from "../../src/http/connection.ts";
import { imfFixdate } from "../../src/http/date.ts";
import type { RequestHead } from "../../src/http/events.ts";
import { DEFAULT_HTTP_LIMITS } from "../../src/http/limits.ts";
import type { CommonFields } from "../../src/http/writers.ts";

export const BARE_GET: Buffer = Buffer.from("GET / HTTP/1.1\r\nHost: 127.0.0.1:8000\r\n\r\n");

/** As a browser's: twelve fields; the tag is the only thing in which two of them differ. */
export function browserGet(tag: string): Buffer {
  const fields = [
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
    `If-None-Match: "${tag}"`,
  ];
  return Buffer.from(`GET /catalogue/42?ref=home HTTP/1.1\r\n${fields.join("\r\n")}\r\n\r\n`);
}

export const HELLO_STATUS = "200 OK";
export const HELLO_BODY: Buffer = Buffer.from("Hello World\n");

/** A new list each time, as an application makes it. */
export function helloHeaders(): [name: string, value: string][] {
  return [
    ["Content-Type", "text/plain"],
    ["Content-Length", String(HELLO_BODY.length)],
  ];
}

export const COMMON_FIELDS: CommonFields = {
  date: `Date: ${imfFixdate(0)}\r\n`,
  server: "Server: portico\r\n",
};

export const HELLO_WIRE: string = [
  "HTTP/1.1 200 OK",
  "Server: portico",
  "Date: Thu, 01 Jan 1970 00:00:00 GMT",
  "Content-Type: text/plain",
  "Content-Length: 12",
  "",
  "Hello World\n",
].join("\r\n");

export function openConnection(): HttpConnection {
  return new HttpConnection(DEFAULT_HTTP_LIMITS);
}

/** @throws {Error} the bytes are no whole head */
export function nextHead(connection: HttpConnection, bytes: Buffer): RequestHead {
  connection.receiveData(bytes);
  const event = connection.nextEvent();
  if (typeof event === "symbol" || event.type !== "request-head") {
    throw new Error(`no whole head: ${bytes.toString("latin1")}`);
  }
  return event;
}
