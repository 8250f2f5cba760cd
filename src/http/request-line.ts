/** The first line of a request: method, request-target and version, and the place they name. */
import { ABSOLUTE_FORM, HOST, HTTP_VERSION, REQUEST_TARGET, TOKEN } from "./abnf.ts";
import { RemoteProtocolError } from "./errors.ts";
import type { RequestHead } from "./events.ts";

export type HttpVersion = RequestHead["version"];
export type RequestLine = Pick<RequestHead, "method" | "target" | "version">;
type Place = Pick<RequestHead, "rawPath" | "query" | "host">;

/** Methods that need no look at their letters. */
const COMMON_METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "POST", "PUT", "DELETE"]);

/**
 * RFC 9112 §3, for the line between `text`'s first character and the CR at `end`. One space
 * stands between the parts, and none inside of them.
 * @throws {RemoteProtocolError} 400, or 505 for another major version
 */
export function parseRequestLine(text: string, end: number): RequestLine {
  const first = text.indexOf(" ");
  const last = text.lastIndexOf(" ", end - 1);
  const method = text.slice(0, Math.max(first, 0));
  const target = text.slice(first + 1, last);
  const isMethod = COMMON_METHODS.has(method) || TOKEN.test(method);
  if (first === last || !isMethod || !(target === "/" || REQUEST_TARGET.test(target))) {
    throw new RemoteProtocolError(text.startsWith("PROXY ") ? "stray-proxy-line" : "request-line");
  }
  const version = text.slice(last + 1, end);
  if (version === "HTTP/1.1") return { method, target, version };
  // RFC 9113 §3.4: how a client that speaks HTTP/2 alone begins.
  if (method === "PRI" && version === "HTTP/2.0") throw new RemoteProtocolError("http2-preface");
  return { method, target, version: versionServed(version) };
}

function versionServed(version: string): HttpVersion {
  const match = HTTP_VERSION.exec(version);
  if (match === null) throw new RemoteProtocolError("no-version");
  const [, major, minor] = match;
  if (major !== "1") throw new RemoteProtocolError(major === "0" ? "old-version" : "new-version");
  return minor === "0" ? "HTTP/1.0" : "HTTP/1.1";
}

/**
 * RFC 9112 §3.2.1 to §3.2.4: what each form of the request-target asks for.
 * @throws {RemoteProtocolError} 400, or 501 for CONNECT
 */
export function placeOf(method: string, target: string, host: string | undefined): Place {
  if (method === "CONNECT") throw new RemoteProtocolError("connect");
  if (target.charCodeAt(0) === 0x2f) return originForm(target, host);
  if (target === "*" && method === "OPTIONS") return { rawPath: "", query: "", host };
  const [, , authority, pathAndQuery = ""] = ABSOLUTE_FORM.exec(target) ?? [];
  if (authority === undefined || !HOST.test(authority)) {
    throw new RemoteProtocolError("target-form");
  }
  // RFC 9112 §3.2.2: the authority of an absolute-form target replaces the Host field.
  const place = originForm(pathAndQuery, authority);
  return place.rawPath === "" ? { ...place, rawPath: "/" } : place;
}

function originForm(target: string, host: string | undefined): Place {
  const mark = target.indexOf("?");
  if (mark === -1) return { rawPath: target, query: "", host };
  return { rawPath: target.slice(0, mark), query: target.slice(mark + 1), host };
}
