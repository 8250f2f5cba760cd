/** From what a handler returns to what an application returns. */
import { statusLine } from "../http/status.ts";
import { headerValue, setHeader } from "../wsgi/header-list.ts";
import type { Environ, HeaderList, ResponseBody, StartResponse } from "../wsgi/types.ts";
import { isSelective, type Selected, select } from "./conditional.ts";
import {
  type Content,
  openStream,
  type SizedContent,
  type StreamContent,
  sizedContent,
} from "./content.ts";
import { HttpResponse, TEXT } from "./http-response.ts";
import { endUploads, hasUploads } from "./uploads.ts";

/** What a handler may return: text alone is `text/plain`. */
export type Result = HttpResponse | Response | string | Uint8Array;

/** Starts the response and gives its body: the last line of an application. */
export function respond(
  result: Result,
  environ: Environ,
  startResponse: StartResponse,
): ResponseBody {
  try {
    const body =
      typeof result === "string"
        ? respondText(result, environ, startResponse)
        : respondWith(responseOf(result), environ, startResponse);
    return hasUploads(environ) ? endingUploads(body, environ) : body;
  } catch (error) {
    void endUploads(environ);
    throw error;
  }
}

/** The short way of the most frequent result. */
function respondText(
  text: string,
  { REQUEST_METHOD: method }: Environ,
  startResponse: StartResponse,
): ResponseBody {
  const bytes = Buffer.from(text, "utf8");
  startResponse(statusLine(200), [
    ["Content-Type", TEXT],
    ["Content-Length", String(bytes.length)],
  ]);
  return method === "HEAD" ? [] : [bytes];
}

function respondWith(
  response: HttpResponse,
  environ: Environ,
  startResponse: StartResponse,
): ResponseBody {
  const { status, content } = response;
  const sized = sizedContent(content);
  const headers = response.fieldsFor(environ["wsgi.url_scheme"]);
  const type = sized?.mediaType;
  if (type !== undefined && headerValue(headers, "Content-Type") === undefined) {
    headers.push(["Content-Type", type]);
  }
  const selected: Selected =
    status === 200 && isSelective(environ)
      ? select(headers, environ, sized?.size)
      : { status, headers, parts: undefined };
  const body = bodyOf(selected, { content, sized }, environ);
  if (sized !== undefined && selected.parts === undefined) setLength(status, headers, sized.size);
  try {
    startResponse(statusLine(selected.status), selected.headers);
  } catch (error) {
    // A body whose response did not start is nobody's to close but this one's.
    void body.close?.();
    throw error;
  }
  return body;
}

/** @throws {TypeError} it is none of these, whatever its type says */
export function responseOf(result: Exclude<Result, string>): HttpResponse {
  if (result instanceof HttpResponse) return result;
  if (result instanceof Uint8Array) return new HttpResponse(result);
  // There are several classes of this name: of Node.js, of undici, and those that take their places.
  if (typeof result === "object" && result !== null && "headers" in result) {
    return HttpResponse.from(result);
  }
  throw new TypeError(
    `the handler returned ${result === null ? "null" : typeof result}, not a response, text or bytes`,
  );
}

interface Opening {
  readonly content: Content;
  readonly sized: SizedContent | undefined;
}

function bodyOf(
  { status, parts }: Selected,
  { content, sized }: Opening,
  environ: Environ,
): ResponseBody {
  if (sized !== undefined) {
    const isSent = environ.REQUEST_METHOD !== "HEAD" && hasContent(status);
    return isSent ? sized.open(parts ?? [{ start: 0, end: sized.size }]) : [];
  }
  // What is not sized is a stream.
  const body = openStream(content as StreamContent, environ);
  return parts === undefined ? body : unsent(parts.filter(Buffer.isBuffer), body);
}

/** What is sent in a body's place, which is closed all the same. */
function unsent(instead: readonly Uint8Array[], body: ResponseBody): ResponseBody {
  return { [Symbol.iterator]: () => instead.values(), close: () => body.close?.() };
}

function setLength(status: number, headers: HeaderList, size: number): void {
  if (!hasContent(status) || headerValue(headers, "Content-Length") !== undefined) return;
  setHeader(headers, "Content-Length", String(size));
}

/** RFC 9110 §6.4.1 and §8.6. */
function hasContent(status: number): boolean {
  return status !== 204 && status !== 304;
}

/** The files of the request's form last as long as the body, which may be made of them. */
function endingUploads(body: ResponseBody, environ: Environ): ResponseBody {
  const close = async (): Promise<void> => {
    try {
      await body.close?.();
    } finally {
      await endUploads(environ);
    }
  };
  if (Symbol.iterator in body) return { [Symbol.iterator]: () => body[Symbol.iterator](), close };
  return { [Symbol.asyncIterator]: () => body[Symbol.asyncIterator](), close };
}
