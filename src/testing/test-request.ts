/** From what is said of a request to its head and its environ, by the server's own code. */
import { type ConnectionFacts, makeEnviron, type ServerFacts } from "../gateway/environ.ts";
import { FORWARDED_KINDS } from "../gateway/forwarded-kinds.ts";
import { EMPTY_INPUT } from "../gateway/input-stream.ts";
import { HOST, NOT_IN_FIELD_VALUE, TOKEN } from "../http/abnf.ts";
import type { RequestHead } from "../http/events.ts";
import { DEFAULT_HTTP_LIMITS } from "../http/limits.ts";
import { ReceiveBuffer } from "../http/receive-buffer.ts";
import { RequestHeadReader } from "../http/request-head-reader.ts";
import { headerValue, removeHeader, setHeader } from "../wsgi/header-list.ts";
import type { Environ, HeaderList } from "../wsgi/types.ts";
import type { CookieUrl } from "./cookie.ts";
import { type EncodedBody, inputOf, pairsOf, type TestInput } from "./request-body.ts";
import type { Fields, RequestOptions } from "./request-options.ts";

/** What a test says that a proxy said is what it wants the application to see. */
const EVERYTHING: ConnectionFacts["believed"] = new Set(FORWARDED_KINDS);

/** A request that is ready to be made, once or again behind a redirect. */
export interface TestRequest {
  readonly method: string;
  readonly scheme: "http" | "https";
  /** As `Host` has it. */
  readonly host: string;
  readonly scriptName: string;
  /** Path and query below `scriptName`, as they stand in a request line. */
  readonly target: string;
  readonly headers: HeaderList;
  readonly body: EncodedBody | undefined;
}

/** What the environ has of the one call. */
export type CallFacts = Pick<ConnectionFacts, "closed" | "earlyHints"> &
  Pick<ServerFacts, "errors">;

/** @throws {TypeError} method, host or a field cannot be sent */
export function makeRequest(
  method: string,
  target: string,
  options: RequestOptions,
  body: EncodedBody | undefined,
): TestRequest {
  if (!TOKEN.test(method)) throw new TypeError(`${JSON.stringify(method)} is no method`);
  const { scheme = "http", host = "localhost", scriptName = "" } = options;
  const [, givenScheme, givenHost, rest] = /^(https?):\/\/([^/?#]+)(.*)$/s.exec(target) ?? [];
  const headers = fieldsOf(options.headers ?? {});
  const authority = givenHost ?? headerValue(headers, "Host") ?? host;
  if (!HOST.test(authority)) throw new TypeError(`${JSON.stringify(authority)} is no host`);
  if (body !== undefined) describeBody(headers, body);
  return {
    method,
    scheme: givenScheme === "https" || givenScheme === "http" ? givenScheme : scheme,
    host: authority,
    scriptName,
    target: withQuery(encoded(rest ?? target), options.query),
    headers,
    body,
  };
}

/** RFC 9112 §6.3: a length where it is known, else chunks. */
function describeBody(headers: HeaderList, { type, content }: EncodedBody): void {
  if (type !== undefined && headerValue(headers, "Content-Type") === undefined) {
    setHeader(headers, "Content-Type", type);
  }
  if (headerValue(headers, "Content-Length") !== undefined) return;
  if (content instanceof Uint8Array) setHeader(headers, "Content-Length", String(content.length));
  else setHeader(headers, "Transfer-Encoding", "chunked");
}

/** A copy. */
export function fieldsOf(fields: Fields): HeaderList {
  const pairs = isList(fields) ? fields : Object.entries(fields);
  return pairs.map(([name, value]) => {
    if (TOKEN.test(name) && !NOT_IN_FIELD_VALUE.test(value)) return [name, value];
    const remedy = "encode what is not latin-1, and leave line ends out";
    throw new TypeError(`${JSON.stringify(`${name}: ${value}`)} is no header field; ${remedy}`);
  });
}

function isList(fields: Fields): fields is HeaderList {
  return Array.isArray(fields);
}

/** What a request line cannot hold, as UTF-8 in percents; a fragment is never sent (RFC 9110 §7.1). */
function encoded(target: string): string {
  const [sent = ""] = target.split("#", 1);
  const rooted = sent === "" || sent.startsWith("?") ? `/${sent}` : sent;
  return rooted.replaceAll(/[^!-~]+/gu, (text) =>
    Array.from(
      Buffer.from(text, "utf8"),
      (byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`,
    ).join(""),
  );
}

function withQuery(target: string, query: RequestOptions["query"]): string {
  if (query === undefined) return target;
  const text = typeof query === "string" ? encoded(`?${query}`).slice(2) : searchOf(query);
  if (text === "") return target;
  return `${target}${target.includes("?") ? "&" : "?"}${text}`;
}

function searchOf(query: Exclude<RequestOptions["query"], string | undefined>): string {
  if (query instanceof URLSearchParams) return query.toString();
  return new URLSearchParams(
    pairsOf(query).map(([name, value]): [string, string] => [name, String(value)]),
  ).toString();
}

/** Where cookies are for. */
export function cookieUrlOf({ scheme, host, scriptName, target }: TestRequest): CookieUrl {
  const path = scriptName + (target.split("?", 1)[0] ?? "");
  return { scheme, hostname: hostnameOf(host), path };
}

/** In lower case, without a port. */
export function hostnameOf(host: string): string {
  return new URL(`http://${host}`).hostname;
}

export function urlOf({ scheme, host, scriptName, target }: TestRequest): string {
  return `${scheme}://${host}${scriptName}${target}`;
}

/** @throws {RemoteProtocolError} a server would refuse it */
export function headOf({ method, target, host, headers }: TestRequest): RequestHead {
  const fields = headers.slice();
  removeHeader(fields, "Host");
  const lines = [["Host", host] as const, ...fields].map(
    ([name, value]) => `${name}: ${value}\r\n`,
  );
  const received = new ReceiveBuffer();
  received.append(Buffer.from(`${method} ${target} HTTP/1.1\r\n${lines.join("")}\r\n`, "latin1"));
  const head = new RequestHeadReader(DEFAULT_HTTP_LIMITS).read(received);
  if (head === undefined) throw new Error("a head that has its empty line is whole");
  return head;
}

/** The environ, and its body, which whoever calls closes. */
export function environOf(
  request: TestRequest,
  head: RequestHead,
  call: CallFacts,
): { readonly environ: Environ; readonly body: TestInput | undefined } {
  const { scheme, host, scriptName } = request;
  const isWithBody = request.body !== undefined && head.framing.kind !== "none";
  const body = isWithBody ? inputOf(request.body.content) : undefined;
  const { hostname, port } = new URL(`${scheme}://${host}`);
  const connection: ConnectionFacts = {
    serverName: hostname,
    serverPort: port || (scheme === "https" ? "443" : "80"),
    remoteAddress: "127.0.0.1",
    remotePort: "49152",
    scheme,
    closed: call.closed,
    clientDisconnected: () => call.closed.aborted,
    earlyHints: call.earlyHints,
    isTrusted: false,
    scriptName,
    host: undefined,
    believed: EVERYTHING,
    tls: undefined,
  };
  const server: ServerFacts = {
    software: "portico",
    multithread: true,
    multiprocess: false,
    headerMap: "drop",
    deployed: {},
    errors: call.errors,
    hasRequestIds: false,
  };
  return { environ: makeEnviron(head, connection, server, body?.input ?? EMPTY_INPUT), body };
}
