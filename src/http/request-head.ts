/** One request head, from text to a checked {@link RequestHead}. */
import {
  ABSOLUTE_FORM,
  CONTROL_IN_HEAD,
  HOST,
  HTTP_VERSION,
  REQUEST_TARGET,
  TOKEN,
} from "./abnf.ts";
import { RemoteProtocolError } from "./errors.ts";
import type { RequestHead } from "./events.ts";
import { type FieldName, FieldRole, fieldName, listElements, trimOws } from "./fields.ts";
import { requestFraming } from "./framing.ts";
import type { HttpLimits } from "./limits.ts";

/** What of the fields decides how the request is read. */
interface Facts {
  host: string | undefined;
  contentLength: string | undefined;
  transferEncoding: string | undefined;
  connection: string | undefined;
  expect: string | undefined;
}

/**
 * Reads the text between the first byte and the empty line.
 * @throws {RemoteProtocolError} with the status RFC 9110 has for it
 */
export function parseRequestHead(text: string, limits: HttpLimits): RequestHead {
  if (CONTROL_IN_HEAD.test(text)) {
    throw new RemoteProtocolError("a control character in the request head");
  }
  const endOfLine = lineEnd(text, 0);
  const [method, target, version] = checkRequestLine(text.slice(0, endOfLine), limits);
  const names: FieldName[] = [];
  const values: string[] = [];
  const facts = readFields(text, endOfLine + 2, names, values, limits);
  const framing = requestFraming(version, facts.contentLength, facts.transferEncoding);
  const place = placeOf(method, target, hostOf(facts.host, version));
  const connection = facts.connection === undefined ? [] : listElements(facts.connection);
  return {
    type: "request-head",
    method,
    target,
    ...place,
    version,
    names,
    values,
    framing,
    // RFC 9112 §9.3
    keepAlive:
      version === "HTTP/1.1" ? !connection.includes("close") : connection.includes("keep-alive"),
    expectsContinue: expectsContinue(facts.expect, version),
  };
}

/** The index of the CR that ends the line which begins at `start`; the text's end for the last. */
function lineEnd(text: string, start: number): number {
  const carriageReturn = text.indexOf("\r", start);
  const lineFeed = text.indexOf("\n", start);
  if (carriageReturn === -1 && lineFeed === -1) return text.length;
  // RFC 9112 §2.2 lets a recipient accept a bare LF; other parsers then see other lines.
  if (lineFeed !== carriageReturn + 1 || carriageReturn === -1) {
    throw new RemoteProtocolError("a bare CR or LF in the request head");
  }
  return carriageReturn;
}

/**
 * RFC 9112 §3: method, request-target and the version to serve.
 * @throws {RemoteProtocolError} 400, 414 or 505
 */
export function checkRequestLine(
  line: string,
  limits: HttpLimits,
): [method: string, target: string, version: "HTTP/1.0" | "HTTP/1.1"] {
  if (line.length > limits.maxRequestLineBytes) {
    throw new RemoteProtocolError("the request line is too long", 414);
  }
  const first = line.indexOf(" ");
  const last = line.lastIndexOf(" ");
  const method = line.slice(0, first);
  const target = line.slice(first + 1, last);
  const version = line.slice(last + 1);
  if (first === last || !TOKEN.test(method) || !REQUEST_TARGET.test(target)) {
    throw new RemoteProtocolError("the first line is not a request line");
  }
  if (version === "HTTP/1.1") return [method, target, version];
  return [method, target, versionServed(version)];
}

function versionServed(version: string): "HTTP/1.0" | "HTTP/1.1" {
  const match = HTTP_VERSION.exec(version);
  if (match === null) throw new RemoteProtocolError("the request line has no HTTP version");
  if (match[1] !== "1") {
    throw new RemoteProtocolError(
      `HTTP/${match[1]} is not spoken here`,
      match[1] === "0" ? 400 : 505,
    );
  }
  return match[2] === "0" ? "HTTP/1.0" : "HTTP/1.1";
}

function readFields(
  text: string,
  start: number,
  names: FieldName[],
  values: string[],
  limits: HttpLimits,
): Facts {
  const facts: Facts = {
    host: undefined,
    contentLength: undefined,
    transferEncoding: undefined,
    connection: undefined,
    expect: undefined,
  };
  for (let at = start; at < text.length; ) {
    const end = lineEnd(text, at);
    if (end - at > limits.maxFieldBytes) {
      throw new RemoteProtocolError("a header field is too long", 431);
    }
    const colon = text.indexOf(":", at);
    // A space before the colon, and a line that begins with one (obs-fold), are no tokens either.
    const name = colon === -1 || colon > end ? undefined : fieldName(text.slice(at, colon));
    if (name === undefined)
      throw new RemoteProtocolError("a line of the head is not a header field");
    const value = trimOws(text.slice(colon + 1, end));
    if (name.role !== FieldRole.PLAIN) learn(facts, name, value, names);
    names.push(name);
    values.push(value);
    at = end + 2;
  }
  if (names.length > limits.maxFields) {
    throw new RemoteProtocolError("too many header fields", 431);
  }
  return facts;
}

function learn(facts: Facts, name: FieldName, value: string, earlier: readonly FieldName[]): void {
  switch (name.role) {
    case FieldRole.HOST:
      facts.host = once(facts.host, name, value);
      return;
    case FieldRole.CONTENT_LENGTH:
      facts.contentLength = once(facts.contentLength, name, value);
      return;
    case FieldRole.TRANSFER_ENCODING:
      facts.transferEncoding = once(facts.transferEncoding, name, value);
      return;
    case FieldRole.CONNECTION:
      facts.connection = facts.connection === undefined ? value : `${facts.connection},${value}`;
      return;
    case FieldRole.EXPECT:
      facts.expect = facts.expect === undefined ? value : `${facts.expect},${value}`;
      return;
    case FieldRole.SINGLETON:
      if (earlier.some((other) => other.lower === name.lower)) throw repeated(name);
      return;
    default:
  }
}

function once(known: string | undefined, name: FieldName, value: string): string {
  if (known !== undefined) throw repeated(name);
  return value;
}

function repeated(name: FieldName): RemoteProtocolError {
  return new RemoteProtocolError(`${name.lower} stands twice`);
}

/** RFC 9112 §3.2: exactly one valid Host in HTTP/1.1, at most one in HTTP/1.0. */
function hostOf(host: string | undefined, version: string): string | undefined {
  if (host === undefined) {
    if (version === "HTTP/1.1") throw new RemoteProtocolError("no Host");
    return undefined;
  }
  if (!HOST.test(host)) throw new RemoteProtocolError("Host is not a host");
  return host;
}

/** RFC 9112 §3.2.1 to §3.2.4: what each form of the request-target asks for. */
function placeOf(
  method: string,
  target: string,
  host: string | undefined,
): Pick<RequestHead, "rawPath" | "query" | "host"> {
  if (method === "CONNECT") throw new RemoteProtocolError("CONNECT is not served", 501);
  if (target.startsWith("/")) return { ...splitQuery(target), host };
  if (target === "*" && method === "OPTIONS") return { rawPath: "", query: "", host };
  const absolute = ABSOLUTE_FORM.exec(target);
  const authority = absolute?.[2] ?? "";
  if (!HOST.test(authority)) throw new RemoteProtocolError("the request-target has no known form");
  const { rawPath, query } = splitQuery(absolute?.[3] ?? "");
  // RFC 9112 §3.2.2: the authority of an absolute-form target replaces the Host field.
  return { rawPath: rawPath === "" ? "/" : rawPath, query, host: authority };
}

function splitQuery(target: string): { rawPath: string; query: string } {
  const mark = target.indexOf("?");
  if (mark === -1) return { rawPath: target, query: "" };
  return { rawPath: target.slice(0, mark), query: target.slice(mark + 1) };
}

/** RFC 9110 §10.1.1; an expectation of an HTTP/1.0 client is ignored. */
function expectsContinue(expect: string | undefined, version: string): boolean {
  if (expect === undefined || version === "HTTP/1.0") return false;
  if (listElements(expect).every((element) => element === "100-continue")) return true;
  throw new RemoteProtocolError("an expectation other than 100-continue", 417);
}
