/** A page in the place of an answer: the page's status and body, and fields of both. */
import { statusLine } from "../http/status.ts";
import { html } from "../messages/http-response.ts";
import { type Result, respond } from "../messages/respond.ts";
import { addToList, headerValue } from "../wsgi/header-list.ts";
import type { Environ, HeaderList } from "../wsgi/types.ts";
import type { WholeAnswer } from "./answer-plan.ts";
import type { Head } from "./change-head.ts";

/** Fields that say something of the body, and so not of another (RFC 9110 §8). */
const OF_THE_BODY: ReadonlySet<string> = new Set([
  ...["content-type", "content-length", "content-encoding", "content-language"],
  ...["content-location", "content-range", "content-disposition", "content-digest"],
  ...["repr-digest", "etag", "last-modified", "accept-ranges"],
]);

const CONDITIONS = [
  ...(["HTTP_IF_MATCH", "HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE"] as const),
  ...(["HTTP_IF_UNMODIFIED_SINCE", "HTTP_IF_RANGE", "HTTP_RANGE"] as const),
];

/** Text is HTML; a page whose status is no error's gets that of the answer. */
export function pageAnswer(
  result: Result,
  { status, headers }: Head,
  environ: Environ,
): WholeAnswer {
  const page = typeof result === "string" ? html(result) : result;
  let line = status;
  let fields: HeaderList = [];
  const body = respond(page, withoutConditions(environ), (pageStatus, pageFields) => {
    const code = statusOf(pageStatus);
    line = code >= 400 ? pageStatus : statusLine(statusOf(status));
    fields = pageFields;
    return writeNothing;
  });
  const kept = headers.filter(([name]) => isKept(name, fields));
  return { status: line, headers: varying([...kept, ...fields]), body };
}

/** Who gets a page and who does not is told by what they accept (RFC 9110 §12.5.5). */
export function varying(headers: HeaderList): HeaderList {
  const copy = headers.slice();
  addToList(copy, "Vary", "Accept");
  return copy;
}

export function statusOf(line: string): number {
  return Number(line.slice(0, 3));
}

/** RFC 9110 §13.2.1 and §14.2: conditions and ranges are of answers that are no errors. */
function withoutConditions(environ: Environ): Environ {
  const unconditional = { ...environ };
  for (const name of CONDITIONS) delete unconditional[name];
  return unconditional;
}

/** What a page takes over from the answer in whose place it comes. */
function isKept(name: string, fields: HeaderList): boolean {
  const lower = name.toLowerCase();
  if (lower === "vary") return true;
  return !OF_THE_BODY.has(lower) && headerValue(fields, lower) === undefined;
}

/** A response that is made here returns its body. */
function writeNothing(): Promise<void> {
  return Promise.resolve();
}
