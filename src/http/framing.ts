/** How a body is delimited, decided in one place for requests and for responses. */
import { CONTENT_LENGTH, TRANSFER_CODING } from "./abnf.ts";
import { RemoteProtocolError } from "./errors.ts";
import type { Framing, ResponseHead } from "./events.ts";
import { trimOws } from "./fields.ts";

export const NO_BODY: Framing = { kind: "none" };
export const CHUNKED: Framing = { kind: "chunked" };
export const UNTIL_CLOSE: Framing = { kind: "until-close" };
/** Of a response body that leaves with its head: nothing of it is left to be counted. */
export const WHOLE: Framing = { kind: "content-length", length: 0 };

/**
 * RFC 9112 §6.3 for requests, without its leniencies: whatever two servers
 * could read in two ways is refused.
 * @throws {RemoteProtocolError} 400, or 501 for a transfer coding that is well-formed but unknown
 */
export function requestFraming(
  version: "HTTP/1.0" | "HTTP/1.1",
  contentLength: string | undefined,
  transferEncoding: string | undefined,
): Framing {
  if (transferEncoding === undefined) {
    return contentLength === undefined ? NO_BODY : lengthFraming(contentLength);
  }
  if (contentLength !== undefined) {
    throw new RemoteProtocolError("length-and-coding");
  }
  if (version === "HTTP/1.0") {
    throw new RemoteProtocolError("coding-in-http10");
  }
  return transferFraming(transferEncoding);
}

function lengthFraming(contentLength: string): Framing {
  // RFC 9110 §8.6 allows digits alone: no sign, no space, no list, no fraction.
  if (!CONTENT_LENGTH.test(contentLength)) {
    throw new RemoteProtocolError("length");
  }
  const length = Number(contentLength);
  return length === 0 ? NO_BODY : { kind: "content-length", length };
}

function transferFraming(transferEncoding: string): Framing {
  if (transferEncoding.toLowerCase() === "chunked") return CHUNKED;
  const codings = transferEncoding.split(",").map((coding) => trimOws(coding).toLowerCase());
  // RFC 9112 §6.3: a request whose last coding is not chunked has no known end.
  if (codings.indexOf("chunked") !== codings.length - 1) {
    throw new RemoteProtocolError("last-coding");
  }
  if (!codings.every((coding) => TRANSFER_CODING.test(coding))) {
    throw new RemoteProtocolError("coding-list");
  }
  // RFC 9112 §6.1: a coding this server does not know is answered with 501.
  throw new RemoteProtocolError("unknown-coding");
}

/** RFC 9112 §6.3 for responses: what the answer to `method` may and must look like. */
export function responseFraming(
  head: ResponseHead,
  method: string | undefined,
  clientVersion: "HTTP/1.0" | "HTTP/1.1",
): Framing {
  if (responseHasNoBody(head.statusCode, method)) return NO_BODY;
  if (head.contentLength !== undefined) {
    return { kind: "content-length", length: head.contentLength };
  }
  return clientVersion === "HTTP/1.1" ? CHUNKED : UNTIL_CLOSE;
}

/** RFC 9110 §6.4.1, §15.3.6: no content in answers to HEAD and in 1xx, 204, 205 and 304 responses. */
export function responseHasNoBody(statusCode: number, method: string | undefined): boolean {
  switch (statusCode) {
    case 204:
    case 205:
    case 304:
      return true;
    default:
      return method === "HEAD" || statusCode < 200;
  }
}
