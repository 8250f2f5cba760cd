/** "What is serialised is parsed back": answers on one connection, read again as a client reads them. */
import assert from "node:assert/strict";
import { HttpConnection } from "../../src/http/connection.ts";
import { LocalProtocolError, RemoteProtocolError } from "../../src/http/errors.ts";
import type { ResponseHead } from "../../src/http/events.ts";
import { DEFAULT_HTTP_LIMITS } from "../../src/http/limits.ts";
import { makeInformationalHead, makeResponseHead } from "../../src/http/response-head.ts";
import type { Answer } from "./response-grammar.ts";
import { type Field, fieldValues, type ReadResponse, readResponse } from "./response-reader.ts";

/** What became of an answer: sent, refused for what its head says, or cut short. */
export type Fate = "sent" | "refused" | "cut";

const COMMON = { date: "Date: Sat, 21 Nov 2026 05:00:00 GMT\r\n", server: "Server: portico\r\n" };
/** What a server may add to an application's fields. */
const ADDED = ["server", "date", "connection", "content-length", "transfer-encoding"];

/**
 * Sends answers one after the other until the connection ends, and reads them back.
 * @throws {AssertionError} what was read is not what was given
 */
export function answersAreReadBack(answers: readonly Answer[]): Fate[] {
  const connection = new HttpConnection(DEFAULT_HTTP_LIMITS);
  const fates: Fate[] = [];
  const sent: Answer[] = [];
  let wire = "";
  for (const answer of answers) {
    const head = headOf(answer);
    const bytes = head === undefined ? undefined : bytesOf(connection, answer, head);
    fates.push(head === undefined ? "refused" : bytes === undefined ? "cut" : "sent");
    if (head === undefined) continue;
    if (bytes === undefined) break;
    wire += bytes;
    sent.push(answer);
    if (connection.serverState !== "done") break;
    connection.startNextCycle();
  }
  const isLast = connection.serverState === "must-close";
  assertReadBack(wire, sent, isLast ? sent.at(-1) : undefined);
  return fates;
}

function headOf(answer: Answer): ResponseHead | undefined {
  try {
    return makeResponseHead(answer.status, answer.headers);
  } catch (error) {
    if (!(error instanceof LocalProtocolError)) throw error;
    assert.ok(!answer.isGood, `a good answer was refused: ${error.message}`);
    return undefined;
  }
}

/** Undefined if the answer was cut short for want of a body, which costs it its connection. */
function bytesOf(
  connection: HttpConnection,
  answer: Answer,
  head: ResponseHead,
): string | undefined {
  ask(connection, answer);
  const isTooShort = !hasNoBody(answer) && (head.contentLength ?? 0) > wholeBody(answer).length;
  try {
    const hints = hintsOf(connection, answer);
    const chunks = answer.chunks.map((chunk) => Buffer.from(chunk, "latin1"));
    const bytes =
      answer.way === "whole"
        ? connection.sendWhole(head, chunks, wholeBody(answer).length, COMMON)
        : streamed(connection, head, chunks);
    assert.ok(!isTooShort, "a body that is too short was sent");
    return hints + (typeof bytes === "string" ? bytes : bytes.toString("latin1"));
  } catch (error) {
    if (!(error instanceof LocalProtocolError)) throw error;
    assert.ok(isTooShort, `a good answer was not sent: ${error.message}`);
    return undefined;
  }
}

function ask(connection: HttpConnection, answer: Answer): void {
  const { method, version, asksToKeep, answersNoRequest } = answer;
  if (answersNoRequest) {
    connection.receiveData(Buffer.from("no request\r\n"));
    assert.throws(() => connection.nextEvent(), RemoteProtocolError);
    return;
  }
  const option = asksToKeep ? "keep-alive" : "close";
  const head = `${method} / ${version}\r\nHost: a\r\nConnection: ${option}\r\n\r\n`;
  connection.receiveData(Buffer.from(head));
  connection.nextEvent();
}

function hintsOf(connection: HttpConnection, { hints }: Answer): string {
  if (hints === undefined) return "";
  const head = makeInformationalHead("103 Early Hints", hints);
  return connection.sendInformational(head).toString("latin1");
}

function streamed(
  connection: HttpConnection,
  head: ResponseHead,
  chunks: readonly Buffer[],
): Buffer {
  const pieces: Uint8Array[] = [connection.sendHead(head, COMMON)];
  for (const chunk of chunks) pieces.push(...connection.sendData(chunk));
  pieces.push(...connection.sendEnd());
  return Buffer.concat(pieces);
}

function assertReadBack(wire: string, sent: readonly Answer[], last: Answer | undefined): void {
  let at = 0;
  for (const answer of sent) {
    if (answer.hints !== undefined) {
      const hints = readResponse(wire, at, answer.method);
      assert.equal(hints.status, "103 Early Hints");
      assert.deepEqual(hints.fields, answer.hints.map(trimmed));
      at = hints.end;
    }
    const response = readResponse(wire, at, answer.method);
    assert.equal(response.status, answer.status);
    assert.equal(response.body, expectedBody(answer), "another body was read");
    assertAdded(addedFields(response, answer), answer);
    assertEnd(response, answer, answer === last);
    at = response.end;
  }
  assert.equal(at, wire.length, "bytes stand behind the last answer");
}

/** The fields that are not the application's, whose own stand in their order. */
function addedFields(response: ReadResponse, answer: Answer): Field[] {
  const given = answer.headers.map(trimmed).filter(([name]) => !isDropped(name, answer));
  const added: Field[] = [];
  for (const field of response.fields) {
    const [name, value] = given[0] ?? [];
    if (field[0] === name && field[1] === value) given.shift();
    else added.push(field);
  }
  assert.deepEqual(given, [], "a field of the application is missing");
  return added;
}

/** RFC 9110 §8.6 and §15.3.6: a 204 response has no length, and a 205 response one of zero. */
function isDropped(name: string, { status }: Answer): boolean {
  return /^20[45]/.test(status) && name.toLowerCase() === "content-length";
}

function assertAdded(added: readonly Field[], answer: Answer): void {
  for (const [name] of added) {
    const lower = name.toLowerCase();
    assert.ok(ADDED.includes(lower), `${name} was added`);
    assert.equal(fieldValues(added, lower).length, 1, `${name} was added twice`);
    const isGiven = fieldValues(answer.headers, lower).length > 0 && !isDropped(name, answer);
    assert.ok(!isGiven, `${name} was added to the application's own`);
  }
  if (answer.status.startsWith("204")) assert.deepEqual(fieldValues(added, "content-length"), []);
}

/** RFC 9112 §6.1 and §9.6: what tells the client where the answer ends, and the connection. */
function assertEnd({ framing, fields }: ReadResponse, answer: Answer, isLast: boolean): void {
  const connection = fieldValues(fields, "connection").join();
  if (answer.version === "HTTP/1.0") assert.notEqual(framing, "chunked");
  if (framing === "until-close") assert.ok(isLast, "a body without an end");
  const kept = answer.version === "HTTP/1.0" ? "keep-alive" : "";
  assert.equal(connection, isLast ? "close" : kept);
  assert.ok(isLast || answer.asksToKeep, "a connection is kept against the client's wish");
}

function expectedBody(answer: Answer): string {
  if (hasNoBody(answer)) return "";
  const [length] = fieldValues(answer.headers, "content-length");
  return wholeBody(answer).slice(0, length === undefined ? undefined : Number(length));
}

function hasNoBody({ method, status }: Answer): boolean {
  return method === "HEAD" || /^(?:204|205|304)/.test(status);
}

function wholeBody({ chunks }: Answer): string {
  return chunks.join("");
}

function trimmed([name, value]: Field): Field {
  return [name, value.replace(/^[\t ]+|[\t ]+$/g, "")];
}
