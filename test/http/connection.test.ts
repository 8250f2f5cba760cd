import assert from "node:assert/strict";
import { test } from "node:test";
import { HttpConnection, NEED_DATA, PAUSED } from "../../src/http/connection.ts";
import { LocalProtocolError, RemoteProtocolError } from "../../src/http/errors.ts";
import { DEFAULT_HTTP_LIMITS } from "../../src/http/limits.ts";
import {
  makeInformationalHead,
  makeResponseHead,
  makeSwitchHead,
} from "../../src/http/response-head.ts";

const COMMON = { date: "", server: "" };
const OK = makeResponseHead("200 OK", []);
const OK_OF_FIVE = makeResponseHead("200 OK", [["Content-Length", "5"]]);

/** A connection that has read this request's head. */
function asked(text = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"): HttpConnection {
  const connection = new HttpConnection(DEFAULT_HTTP_LIMITS);
  connection.receiveData(Buffer.from(text));
  connection.nextEvent();
  return connection;
}

function text(pieces: readonly Uint8Array[]): string {
  return Buffer.concat(pieces).toString("latin1");
}

test("a pipelined request waits for the response before it", () => {
  const connection = asked("GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n");
  assert.equal(connection.nextEvent(), PAUSED);
  connection.sendWhole(OK, [], 0, COMMON);
  connection.startNextCycle();
  const event = connection.nextEvent();
  assert.ok(typeof event === "object" && event.type === "request-head");
  assert.equal(event.target, "/2");
});

test("a body comes as data and its end", () => {
  const connection = asked("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n");
  assert.equal(connection.nextEvent(), NEED_DATA);
  connection.receiveData(Buffer.from("hi"));
  assert.deepEqual(connection.nextEvent(), { type: "data", data: Buffer.from("hi") });
  assert.deepEqual(connection.nextEvent(), { type: "end-of-message" });
  assert.equal(connection.clientState, "done");
});

test("a client that ends between requests has closed, one that ends inside of one has erred", () => {
  const between = new HttpConnection(DEFAULT_HTTP_LIMITS);
  between.receiveData(Buffer.from("\r\n"));
  between.receiveData(null);
  assert.deepEqual(between.nextEvent(), { type: "connection-closed" });
  for (const half of ["GET / HT", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nh"]) {
    const inside = new HttpConnection(DEFAULT_HTTP_LIMITS);
    inside.receiveData(Buffer.from(half));
    inside.receiveData(null);
    assert.throws(() => {
      for (let count = 0; count < 4; count += 1) inside.nextEvent();
    }, RemoteProtocolError);
    assert.equal(inside.clientState, "error");
    assert.equal(inside.nextEvent(), NEED_DATA);
  }
});

test("what a balancer says is known with the first head, and half of it is an error", () => {
  const connection = new HttpConnection(DEFAULT_HTTP_LIMITS, "drop", "v1");
  assert.equal(connection.proxyHeader, "none");
  connection.receiveData(Buffer.from("PROXY UNKNOWN\r\nGET / HTTP/1.0\r\n\r\n"));
  connection.nextEvent();
  assert.deepEqual(connection.proxyHeader, { endpoints: undefined, isTls: false });
  const cut = new HttpConnection(DEFAULT_HTTP_LIMITS, "drop", "v1");
  cut.receiveData(Buffer.from("PROXY UNK"));
  cut.receiveData(null);
  assert.throws(() => cut.nextEvent(), { refusal: "cut-head" });
});

test("an error is answered with Connection: close, whatever the request was", () => {
  const connection = new HttpConnection(DEFAULT_HTTP_LIMITS);
  connection.receiveData(Buffer.from("bad\r\n"));
  assert.throws(() => connection.nextEvent(), RemoteProtocolError);
  const answer = connection.sendWhole(makeResponseHead("400 Bad Request", []), [], 0, COMMON);
  assert.match(answer.toString(), /\r\nConnection: close\r\n/);
  assert.equal(connection.serverState, "must-close");
});

test("a response of unknown length is chunked to HTTP/1.1", () => {
  const connection = asked();
  assert.match(connection.sendHead(OK, COMMON).toString(), /\r\nTransfer-Encoding: chunked\r\n/);
  assert.equal(text(connection.sendData(Buffer.from("hi"))), "2\r\nhi\r\n");
  assert.equal(text(connection.sendData(Buffer.alloc(0))), "");
  assert.equal(text(connection.sendEnd()), "0\r\n\r\n");
  connection.startNextCycle();
});

test("to HTTP/1.0 it ends with the connection, though the client wished to keep that", () => {
  const connection = asked("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  const head = connection.sendHead(OK, COMMON).toString();
  assert.equal(head, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
  assert.ok(connection.endsByClosing);
  assert.equal(text(connection.sendData(Buffer.from("hi"))), "hi");
  connection.sendEnd();
  assert.throws(() => connection.startNextCycle(), LocalProtocolError);
});

test("an HTTP/1.0 client hears that its connection is kept", () => {
  const connection = asked("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  const answer = connection.sendWhole(OK, [], 0, COMMON).toString();
  assert.match(answer, /\r\nConnection: keep-alive\r\n/);
  connection.startNextCycle();
});

test("a response as a whole gets its length and leaves in one piece", () => {
  const chunks = [Buffer.from("hel"), Buffer.from("lo")];
  assert.equal(
    asked().sendWhole(OK, chunks, 5, COMMON).toString(),
    "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
  );
});

test("no byte leaves beyond the Content-Length, and none may be missing", () => {
  const connection = asked();
  const chunks = [Buffer.from("hello world")];
  assert.match(connection.sendWhole(OK_OF_FIVE, chunks, 11, COMMON).toString(), /\r\n\r\nhello$/);
  assert.throws(() => asked().sendWhole(OK_OF_FIVE, [], 0, COMMON), LocalProtocolError);
  const streamed = asked();
  streamed.sendHead(OK_OF_FIVE, COMMON);
  streamed.sendData(Buffer.from("hell"));
  assert.throws(() => streamed.sendEnd(), LocalProtocolError);
});

test("head and pieces of a whole response are the bytes of the whole, cut at the same place", () => {
  const chunks = [Buffer.from("hello "), Buffer.from("world")];
  for (const head of [OK, OK_OF_FIVE]) {
    const whole = asked().sendWhole(head, chunks, 11, COMMON).toString();
    const connection = asked();
    let pieces = connection.sendHeadOfWhole(head, 11, COMMON).toString();
    for (const chunk of chunks) pieces += text(connection.sendData(chunk));
    pieces += text(connection.sendEnd());
    assert.equal(pieces, whole);
    connection.startNextCycle();
  }
  const connection = asked();
  assert.throws(() => connection.sendHeadOfWhole(OK_OF_FIVE, 4, COMMON), LocalProtocolError);
  assert.equal(connection.serverState, "send-response");
});

test("a response that was refused for its length may still become another one", () => {
  const connection = asked();
  assert.throws(() => connection.sendWhole(OK_OF_FIVE, [], 0, COMMON), LocalProtocolError);
  const head = makeResponseHead("500 Internal Server Error", []);
  assert.match(connection.sendWhole(head, [], 0, COMMON).toString(), /^HTTP\/1\.1 500 /);
});

test("HEAD is told the length and gets no body", () => {
  const head = "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n";
  const chunks = [Buffer.from("hello")];
  const answer = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n";
  assert.equal(asked(head).sendWhole(OK, chunks, 5, COMMON).toString(), answer);
  const streamed = asked(head);
  assert.equal(streamed.sendHead(OK_OF_FIVE, COMMON).toString(), answer);
  assert.equal(streamed.takesMoreData, false);
  assert.equal(text(streamed.sendData(Buffer.from("hello"))), "");
  assert.equal(text(streamed.sendEnd()), "");
});

test("204, 205 and 304 have no body, whatever the application sends", () => {
  for (const status of ["204 No Content", "205 Reset Content", "304 Not Modified"]) {
    const head = makeResponseHead(status, []);
    const whole = asked()
      .sendWhole(head, [Buffer.from("x")], 1, COMMON)
      .toString();
    assert.ok(whole.endsWith("\r\n\r\n"), whole);
    assert.doesNotMatch(whole, /Content-Length: 1|Transfer-Encoding/);
    const streamed = asked();
    assert.doesNotMatch(streamed.sendHead(head, COMMON).toString(), /Transfer-Encoding/);
    assert.equal(text(streamed.sendData(Buffer.from("x"))), "");
  }
});

test("informational responses come before the final one", () => {
  const connection = asked();
  const hints = makeInformationalHead("103 Early Hints", [["Link", "</a>"]]);
  assert.match(connection.sendInformational(hints).toString(), /^HTTP\/1\.1 103 /);
  connection.sendHead(OK, COMMON);
  assert.throws(() => connection.sendInformational(hints), LocalProtocolError);
});

test("a connection that is to end says so in its response", () => {
  const connection = asked();
  connection.disableKeepAlive();
  const answer = connection.sendWhole(OK, [], 0, COMMON).toString();
  assert.match(answer, /\r\nConnection: close\r\n/);
  connection.receiveData(Buffer.from("GET / HTTP/1.1\r\n"));
  assert.equal(connection.nextEvent(), NEED_DATA);
  assert.equal(connection.unreadBytes, 0);
});

test("bytes behind a request for another protocol are HTTP or not, as it is answered", () => {
  const asking = "GET /1 HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n";
  const next = "GET /2 HTTP/1.1\r\nHost: a\r\n\r\n";
  const switched = asked(asking + next);
  assert.equal(switched.nextEvent(), PAUSED);
  const bytes = switched.sendSwitch(makeSwitchHead([["Upgrade", "x"]], "x"));
  assert.equal(
    bytes.toString("latin1"),
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
  );
  assert.equal(switched.takeReceived().toString(), next);
  assert.equal(switched.nextEvent(), NEED_DATA);

  const answered = asked(asking + next);
  answered.sendWhole(OK, [], 0, COMMON);
  answered.startNextCycle();
  const event = answered.nextEvent();
  assert.ok(typeof event === "object" && event.type === "request-head");
  assert.equal(event.target, "/2");
});
