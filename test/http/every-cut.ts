/** Feeds the same bytes to a connection in every way that a network could cut them. */
import assert from "node:assert/strict";
import { HttpConnection, NEED_DATA, PAUSED } from "../../src/http/connection.ts";
import { RemoteProtocolError } from "../../src/http/errors.ts";
import type { RequestHead } from "../../src/http/events.ts";
import type { HeaderMap } from "../../src/http/fields.ts";
import { DEFAULT_HTTP_LIMITS, type HttpLimits } from "../../src/http/limits.ts";
import type { ProxyMode } from "../../src/http/proxy-protocol.ts";
import { makeResponseHead } from "../../src/http/response-head.ts";

export interface ReadRequest {
  readonly head: RequestHead;
  readonly body: Buffer;
  readonly isComplete: boolean;
}

/** All that a client's bytes led to. */
export interface Outcome {
  readonly requests: readonly ReadRequest[];
  /** `idle`: ready for another request; `waiting`: in the midst of one; `closed`: will read no more. */
  readonly end: "idle" | "waiting" | "closed" | { readonly statusHint: number };
}

/** Limits, and what else a connection is told. */
export interface ReadSettings extends HttpLimits {
  readonly headerMap?: HeaderMap;
  readonly proxyMode?: ProxyMode;
}

/** A request that must come out of any connection that is idle as it went in. */
export const SECOND_REQUEST: Buffer = Buffer.from(
  "GET /after-the-first HTTP/1.1\r\nHost: second.example\r\n\r\n",
);

/** Looks at a connection while it is read; what it throws fails the reading. */
export interface Watcher {
  /** A piece was read as far as it goes. */
  pieceWasRead(connection: HttpConnection): void;
  /** A request has come whole and is not yet answered. */
  requestWasRead(connection: HttpConnection): void;
  wasRefused(error: RemoteProtocolError, connection: HttpConnection): void;
}

const NOBODY: Watcher = {
  pieceWasRead: () => undefined,
  requestWasRead: () => undefined,
  wasRefused: () => undefined,
};
const RESPONSE = makeResponseHead("204 No Content", []);
const COMMON = { date: "", server: "" };

/** Reads pieces as a server would that answers each request when it has come whole. */
export function read(
  pieces: readonly (Uint8Array | null)[],
  limits: ReadSettings = DEFAULT_HTTP_LIMITS,
  watcher: Watcher = NOBODY,
): Outcome {
  const connection = new HttpConnection(limits, limits.headerMap, limits.proxyMode);
  const requests: BegunRequest[] = [];
  const answer = () => {
    const request = requests.at(-1);
    if (request !== undefined) request.isComplete = true;
    watcher.requestWasRead(connection);
    connection.sendWhole(RESPONSE, [], 0, COMMON);
    if (connection.clientState === "done") connection.startNextCycle();
  };
  try {
    for (const piece of pieces) {
      connection.receiveData(piece);
      for (;;) {
        const event = connection.nextEvent();
        if (event === NEED_DATA || event === PAUSED || event.type === "connection-closed") break;
        if (event.type === "request-head") {
          requests.push({ head: event, data: [], isComplete: false });
          if (event.framing.kind === "none") answer();
        } else if (event.type === "end-of-message") {
          answer();
        } else {
          requests.at(-1)?.data.push(event.data);
        }
      }
      watcher.pieceWasRead(connection);
    }
  } catch (error) {
    if (!(error instanceof RemoteProtocolError)) throw error;
    assert.equal(connection.clientState, "error");
    watcher.wasRefused(error, connection);
    return { requests: requests.map(readRequest), end: { statusHint: error.statusHint } };
  }
  return { requests: requests.map(readRequest), end: endOf(connection) };
}

interface BegunRequest {
  readonly head: RequestHead;
  readonly data: Uint8Array[];
  isComplete: boolean;
}

function readRequest({ head, data, isComplete }: BegunRequest): ReadRequest {
  return { head, body: Buffer.concat(data), isComplete };
}

function endOf(connection: HttpConnection): Outcome["end"] {
  switch (connection.clientState) {
    case "idle":
      return connection.unreadBytes === 0 ? "idle" : "waiting";
    case "must-close":
    case "closed":
      return "closed";
    default:
      return "waiting";
  }
}

/**
 * Reads bytes whole, byte by byte, and at each single cut, and asserts that all agree; then asserts
 * that a second request behind them is read if and only if the connection was free for it.
 */
export function readEveryWay(bytes: Buffer, limits: ReadSettings = DEFAULT_HTTP_LIMITS): Outcome {
  const whole = read([bytes], limits);
  assert.deepEqual(read(byteByByte(bytes), limits), whole, "byte by byte");
  for (const cut of cuts(bytes.length)) {
    const pieces = [bytes.subarray(0, cut), bytes.subarray(cut)];
    assert.deepEqual(read(pieces, limits), whole, `cut at byte ${cut}`);
  }
  followWithSecond(bytes, whole, limits);
  return whole;
}

function byteByByte(bytes: Buffer): Buffer[] {
  return Array.from(bytes, (_, index) => bytes.subarray(index, index + 1));
}

/** Every place; in an input of a megabyte every place near both ends, and some between. */
function cuts(length: number): number[] {
  const all = Array.from({ length: length + 1 }, (_, index) => index);
  return length <= 40_000
    ? all
    : all.filter((cut) => cut < 256 || length - cut < 256 || cut % 509 === 0);
}

function followWithSecond(bytes: Buffer, first: Outcome, limits: ReadSettings): void {
  for (const pieces of [[Buffer.concat([bytes, SECOND_REQUEST])], [bytes, SECOND_REQUEST]]) {
    const both = read(pieces, limits);
    if (first.end === "idle") {
      assert.equal(both.end, "idle", "a second request was lost");
      assert.deepEqual(both.requests.slice(0, -1), first.requests, "a second request changed one");
      assert.equal(both.requests.at(-1)?.head.target, "/after-the-first");
    } else if (first.end === "waiting") {
      const complete = first.requests.filter((request) => request.isComplete);
      assert.deepEqual(both.requests.slice(0, complete.length), complete);
    } else {
      assert.deepEqual(both, first, "bytes behind the end changed it");
    }
  }
}
