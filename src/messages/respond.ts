/** From what a handler returns to what an application returns. */
import { statusLine } from "../http/status.ts";
import { headerValue, setHeader } from "../wsgi/header-list.ts";
import type { Environ, ResponseBody, StartResponse } from "../wsgi/types.ts";
import { type Content, HttpResponse, text } from "./http-response.ts";

/** What a handler may return: text alone is `text/plain`. */
export type Result = HttpResponse | string | Uint8Array;

/** Starts the response and gives its body: the last line of an application. */
export function respond(
  result: Result,
  environ: Environ,
  startResponse: StartResponse,
): ResponseBody {
  const { status, headers, content } = responseOf(result);
  const body = bodyOf(content);
  if (Array.isArray(body) && headerValue(headers, "Content-Length") === undefined) {
    const [bytes] = body;
    if (hasContent(status)) setHeader(headers, "Content-Length", String(bytes?.length ?? 0));
  }
  startResponse(statusLine(status), headers);
  return environ.REQUEST_METHOD === "HEAD" && Array.isArray(body) ? [] : body;
}

function responseOf(result: Result): HttpResponse {
  if (result instanceof HttpResponse) return result;
  return typeof result === "string" ? text(result) : new HttpResponse(result);
}

/** RFC 9110 §6.4.1 and §8.6. */
function hasContent(status: number): boolean {
  return status !== 204 && status !== 304;
}

function bodyOf(content: Content): ResponseBody {
  if (content === null) return [];
  if (typeof content === "string") return [Buffer.from(content, "utf8")];
  return content instanceof Uint8Array ? [content] : content;
}
