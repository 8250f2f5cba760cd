/** Whether a request gets the response that was made for it, a part of it, or word that it has it already. */
import { statusLine } from "../http/status.ts";
import type { Part } from "../static/byte-ranges.ts";
import { plain } from "../static/file-answer.ts";
import { rangedAnswer } from "../static/ranged-answer.ts";
import {
  type GivenValidators,
  judgeConditions,
  rangeHolds,
  withoutContent,
} from "../static/validators.ts";
import { headerValue, setHeader } from "../wsgi/header-list.ts";
import type { Environ, HeaderList } from "../wsgi/types.ts";

/** What is sent: of content, its `parts`; undefined: all of it. */
export interface Selected {
  readonly status: number;
  readonly headers: HeaderList;
  readonly parts: readonly Part[] | undefined;
}

/** Whether a request asks for more than what there is: for something newer, or for a part. */
export function isSelective(environ: Environ): boolean {
  const { REQUEST_METHOD: method } = environ;
  if (method !== "GET" && method !== "HEAD") return false;
  return (
    environ.HTTP_IF_NONE_MATCH !== undefined ||
    environ.HTTP_IF_MODIFIED_SINCE !== undefined ||
    environ.HTTP_RANGE !== undefined ||
    environ.HTTP_IF_MATCH !== undefined ||
    environ.HTTP_IF_UNMODIFIED_SINCE !== undefined
  );
}

/**
 * RFC 9110 §13.2.2, for a 200 response: by its `ETag` and `Last-Modified`, and where it says
 * `Accept-Ranges: bytes`, by its ranges. `size` is undefined where the length is not known.
 */
export function select(headers: HeaderList, environ: Environ, size: number | undefined): Selected {
  const etag = headerValue(headers, "ETag");
  const lastModified = headerValue(headers, "Last-Modified");
  const whole: Selected = { status: 200, headers, parts: undefined };
  // Without either there is nothing to compare with: not even `*` is meant.
  const hasValidators = etag !== undefined || lastModified !== undefined;
  switch (hasValidators ? judgeConditions(environ, { etag, lastModified }) : "go-on") {
    case "not-modified":
      return { status: 304, headers: withoutContent(headers), parts: [] };
    case "precondition-failed":
      return instead(412);
    case "go-on":
      if (size === undefined || !offersRanges(headers, environ)) return whole;
      return holds(environ.HTTP_IF_RANGE, { etag, lastModified })
        ? selectRanges(whole, environ.HTTP_RANGE ?? "", size)
        : whole;
  }
}

/** RFC 9110 §14.2: only GET knows ranges. */
function offersRanges(headers: HeaderList, environ: Environ): boolean {
  if (environ.HTTP_RANGE === undefined || environ.REQUEST_METHOD !== "GET") return false;
  return headerValue(headers, "Accept-Ranges") === "bytes";
}

function holds(
  ifRange: string | undefined,
  { etag = "", lastModified = "" }: GivenValidators,
): boolean {
  // Nobody says whether two versions may have one date; it is weak then (RFC 9110 §8.8.2.2).
  const is = { etag, lastModified, isWeak: etag.startsWith("W/"), hasSharedDate: true };
  return rangeHolds(ifRange, is);
}

function selectRanges(whole: Selected, range: string, size: number): Selected {
  const { headers } = whole;
  const mediaType = headerValue(headers, "Content-Type") ?? "application/octet-stream";
  const ranged = rangedAnswer(range, { mediaType, size });
  if (ranged === undefined) return whole;
  if (ranged.status === 416) return instead(416, ranged.fields);
  for (const [name, value] of ranged.fields) setHeader(headers, name, value);
  return { status: 206, headers, parts: ranged.parts };
}

function instead(status: 412 | 416, more: HeaderList = []): Selected {
  const { fields, parts } = plain(statusLine(status), more);
  return { status, headers: [...fields], parts };
}
