/** Entity-tags for complete answers, and 304 for who has them already (RFC 9110 §13). */
import { hash } from "node:crypto";
import { judgeConditions, withoutContent } from "../static/validators.ts";
import { headerValue, removeHeader, setHeader } from "../wsgi/header-list.ts";
import type { Environ, HeaderList, Middleware, ResponseBody } from "../wsgi/types.ts";
import { holdAnswers, type WholeAnswer } from "./answer-plan.ts";
import { OptionJudge } from "./option-error.ts";
import { isWholeBody, madeOf } from "./wrapped-body.ts";

export interface ConditionalGetOptions {
  /**
   * Bytes up to which a complete answer gets an `ETag`, made of its content; 1 MiB if not given, 0 for
   * none: then only what the application says itself is compared.
   */
  readonly maxBytes?: number;
}

/** To digest so much takes about a millisecond. */
const DEFAULT_MAX_BYTES = 1024 ** 2;

/**
 * Complete answers to GET and HEAD with status 200 get an `ETag` if they have none; whose client has
 * them already, by `If-None-Match` or `If-Modified-Since`, are answered 304. Bodies that come piece by
 * piece are left alone, but for the validators that the application gives with them.
 * @throws {OptionError} an option has no meaning
 * @example
 * ```ts
 * import { conditionalGet } from "portico/middleware/conditional-get";
 *
 * export default conditionalGet()(application);
 * ```
 */
export function conditionalGet(options: ConditionalGetOptions = {}): Middleware {
  const { maxBytes = DEFAULT_MAX_BYTES } = options;
  new OptionJudge("conditionalGet").mustBeCount("maxBytes", maxBytes, "bytes");
  return holdAnswers((head, environ) => {
    const isJudged = hasConditionsFor(environ) && head.status.startsWith("200");
    if (!isJudged) return undefined;
    return { written: "passed on", finish: (body) => judged({ ...head, body }, environ, maxBytes) };
  });
}

/** RFC 9110 §13.1: for other methods an application has to judge them before it acts. */
function hasConditionsFor({ REQUEST_METHOD: method }: Environ): boolean {
  return method === "GET" || method === "HEAD";
}

function judged(answer: WholeAnswer, environ: Environ, maxBytes: number): WholeAnswer {
  const { headers, body } = answer;
  const etag = headerValue(headers, "ETag") ?? tagOf(answer, maxBytes);
  if (etag !== undefined) setHeader(headers, "ETag", etag);
  const lastModified = headerValue(headers, "Last-Modified");
  if (etag === undefined && lastModified === undefined) return answer;
  switch (judgeConditions(environ, { etag, lastModified })) {
    case "not-modified":
      return { status: "304 Not Modified", headers: withoutContent(headers), body: emptied(body) };
    case "precondition-failed":
      return refusal(headers, body);
    case "go-on":
      return answer;
  }
}

/** Undefined where there is nothing to make it of. */
function tagOf({ headers, body }: WholeAnswer, maxBytes: number): string | undefined {
  if (!isWholeBody(body) || isNeverStored(headers)) return undefined;
  let size = 0;
  for (const chunk of body) {
    // What is no bytes is for the server to refuse.
    if (!(chunk instanceof Uint8Array)) return undefined;
    size += chunk.length;
  }
  const length = headerValue(headers, "Content-Length");
  // HEAD may come without the content; and what is sent short has no tag of the whole.
  const isAll = length === undefined || length === String(size);
  if (!isAll || size === 0 || size > maxBytes) return undefined;
  const [first] = body;
  const bytes = first !== undefined && body.length === 1 ? first : Buffer.concat(body);
  return `"${digestOf(bytes)}"`;
}

/** RFC 9111 §5.2.2.5: nobody would come back with its tag. */
function isNeverStored(headers: HeaderList): boolean {
  return /(?:^|[,\s])no-store(?:$|[,\s])/i.test(headerValue(headers, "Cache-Control") ?? "");
}

/** SHA-1 tells versions of a page apart, and processors have instructions for it; it keeps no secret. */
function digestOf(bytes: Uint8Array): string {
  return hash("sha1", bytes, "base64url");
}

/** Nothing of it is sent; it is closed all the same. */
function emptied(body: ResponseBody): ResponseBody {
  return isWholeBody(body) ? [] : madeOf(body, []);
}

function refusal(headers: HeaderList, body: ResponseBody): WholeAnswer {
  const text = Buffer.from("412 Precondition Failed\n");
  const fields = withoutContent(headers);
  // They are those of what is not sent.
  for (const name of ["ETag", "Last-Modified", "Cache-Control"]) removeHeader(fields, name);
  fields.push(
    ["Content-Type", "text/plain; charset=utf-8"],
    ["Content-Length", String(text.length)],
  );
  const answered = isWholeBody(body) ? [text] : madeOf(body, [text]);
  return { status: "412 Precondition Failed", headers: fields, body: answered };
}
