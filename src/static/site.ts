/** From a request to the answer about a file, or about there being none. */
import { randomBytes } from "node:crypto";
import type { Environ, HeaderList, ResponseBody, StartResponse } from "../wsgi/types.ts";
import { byteRanges, contentRange, multipartRanges, type Part } from "./byte-ranges.ts";
import type { Directory, Found, ServedFile } from "./directory.ts";
import { FileChangedError, FilePieces } from "./file-pieces.ts";
import { openSame } from "./files.ts";
import { answerWithListing, type Listing } from "./listing.ts";
import { endingOf } from "./media-types.ts";
import { preferredCoding } from "./precompressed.ts";
import { type Answer, makeAnswer, type Representation } from "./representation.ts";
import { pathReference } from "./safe-path.ts";
import { judgeConditions, rangeHolds } from "./validators.ts";

/** What answers where there is no file; each as the PATH_INFO that asks for it. */
export interface StandIns {
  readonly fallback: string | undefined;
  /** Undefined where directories without an index are not there. */
  readonly listing: Listing | undefined;
  readonly notFound: string | undefined;
}

/** How often a file may be found changed between the look at it and its opening. */
const MAX_TRIES = 3;

const METHOD_NOT_ALLOWED = plain("405 Method Not Allowed", [["Allow", "GET, HEAD"]]);
const FORBIDDEN = plain("403 Forbidden");
const NOT_FOUND = plain("404 Not Found");
const PRECONDITION_FAILED = plain("412 Precondition Failed");

export class Site {
  readonly #directory: Directory;
  readonly #standIns: StandIns;

  constructor(directory: Directory, standIns: StandIns) {
    this.#directory = directory;
    this.#standIns = standIns;
  }

  answer(
    environ: Environ,
    startResponse: StartResponse,
  ): ResponseBody | Promise<ResponseBody> {
    const { REQUEST_METHOD: method, PATH_INFO: path } = environ;
    if (method !== "GET" && method !== "HEAD") {
      return give(METHOD_NOT_ALLOWED, environ, startResponse);
    }
    const file = this.#deliver(path, answerWith, environ, startResponse);
    if (typeof file !== "string") return file;
    const { fallback, notFound, listing } = this.#standIns;
    const there = file === "nothing" && listing !== undefined ? listing.find(path) : file;
    if (typeof there === "object") return answerWithListing(there, environ, startResponse);
    if (there === "directory") return give(redirect(environ), environ, startResponse);
    if (there === "forbidden") return give(FORBIDDEN, environ, startResponse);
    if (fallback !== undefined && file !== "refused" && endingOf(path) === "") {
      const page = this.#deliver(fallback, answerWith, environ, startResponse);
      if (typeof page !== "string") return page;
    }
    if (notFound !== undefined) {
      const page = this.#deliver(notFound, pageOf, environ, startResponse);
      if (typeof page !== "string") return page;
    }
    return give(NOT_FOUND, environ, startResponse);
  }

  /** The body, or why there is no file at the path; then nothing was started. */
  #deliver(
    path: string,
    plan: (file: Representation, environ: Environ) => Answer,
    environ: Environ,
    startResponse: StartResponse,
  ): ResponseBody | Exclude<Found, ServedFile> {
    for (let tries = 0; tries < MAX_TRIES; tries += 1) {
      const found = this.#directory.find(path, Date.now());
      if (typeof found === "string") return found;
      const file = preferred(found, environ);
      const answer = plan(file, environ);
      const body = bodyOf(file, answer.parts, environ);
      if (body !== undefined) {
        startWith(body, answer, startResponse);
        return body;
      }
      this.#directory.forget(path);
    }
    throw new FileChangedError(path);
  }
}

function preferred({ plain: file, coded, codings }: ServedFile, environ: Environ): Representation {
  if (coded.length === 0) return file;
  const coding = preferredCoding(environ.HTTP_ACCEPT_ENCODING, codings);
  return coding === undefined ? file : (coded[codings.indexOf(coding)] ?? file);
}

/** RFC 9110 §13.2.2: first what makes the request conditional, then its ranges. */
function answerWith(file: Representation, environ: Environ): Answer {
  switch (judgeConditions(environ, file)) {
    case "not-modified":
      return file.unchanged;
    case "precondition-failed":
      return PRECONDITION_FAILED;
    case "go-on":
      return hasRange(environ) && rangeHolds(environ.HTTP_IF_RANGE, file)
        ? answerWithRanges(file, environ.HTTP_RANGE ?? "")
        : file.whole;
  }
}

/** RFC 9110 §14.2: only GET knows ranges. */
function hasRange({ HTTP_RANGE: range, REQUEST_METHOD: method }: Environ): boolean {
  return range !== undefined && method === "GET";
}

function answerWithRanges(file: Representation, field: string): Answer {
  const { size } = file.facts;
  const ranges = byteRanges(field, size);
  if (ranges === undefined) return file.whole;
  if (ranges === "unsatisfiable") {
    return plain("416 Range Not Satisfiable", [["Content-Range", `bytes */${size}`]]);
  }
  const [first, second] = ranges;
  if (first !== undefined && second === undefined) {
    const fields = [
      ...fieldsWith(file, { "Content-Length": String(first.end - first.start) }),
      ["Content-Range", contentRange(first, size)] satisfies [string, string],
    ];
    return { status: "206 Partial Content", fields, parts: ranges };
  }
  const { mediaType } = file;
  const boundary = randomBytes(16).toString("hex");
  const { parts, length, ...multipart } = multipartRanges(ranges, { mediaType, size }, boundary);
  const replaced = { "Content-Type": multipart.mediaType, "Content-Length": String(length) };
  return { status: "206 Partial Content", fields: fieldsWith(file, replaced), parts };
}

function fieldsWith(
  { whole }: Representation,
  replaced: Readonly<Record<string, string>>,
): HeaderList {
  return whole.fields.map(([name, value]) => [name, replaced[name] ?? value]);
}

/** What says nothing but how to read the body: a page is not what was asked for. */
const FIELDS_OF_PAGE: ReadonlySet<string> = new Set([
  "Content-Type",
  "Content-Length",
  "Content-Encoding",
  "Vary",
]);

function pageOf({ whole }: Representation): Answer {
  const fields = whole.fields.filter(([name]) => FIELDS_OF_PAGE.has(name));
  return { ...whole, status: NOT_FOUND.status, fields };
}

/** RFC 3986 §4.2: a reference, so that whatever host and scheme the client knows stay. */
function redirect({ SCRIPT_NAME, PATH_INFO, QUERY_STRING }: Environ): Answer {
  const query = QUERY_STRING === "" ? "" : `?${QUERY_STRING}`;
  const location = `${pathReference(`${SCRIPT_NAME}${PATH_INFO}/`)}${query}`;
  return plain("301 Moved Permanently", [["Location", location]]);
}

/** An answer whose body repeats its status. */
function plain(status: string, more: HeaderList = []): Answer {
  const text = Buffer.from(`${status}\n`);
  const fields: HeaderList = [
    ["Content-Type", "text/plain; charset=utf-8"],
    ["Content-Length", String(text.length)],
    ...more,
  ];
  return makeAnswer(status, fields, [text]);
}

function give(answer: Answer, environ: Environ, startResponse: StartResponse): ResponseBody {
  start(answer, startResponse);
  return environ.REQUEST_METHOD === "HEAD" ? [] : answer.parts.filter(Buffer.isBuffer);
}

/** A body whose response did not start is nobody's to close but this one's. */
function startWith(body: ResponseBody, answer: Answer, startResponse: StartResponse): void {
  try {
    start(answer, startResponse);
  } catch (error) {
    void body.close?.();
    throw error;
  }
}

/** PEP 3333: "the server may change its contents in any way it desires", and so may middleware. */
function start({ status, fields }: Answer, startResponse: StartResponse): void {
  startResponse(status, fields.slice());
}

/** Undefined where the file is that version no more. */
function bodyOf(
  { path, facts, content }: Representation,
  parts: readonly Part[],
  { REQUEST_METHOD: method }: Environ,
): ResponseBody | undefined {
  if (method === "HEAD" || parts.length === 0) return [];
  if (parts.every((part) => Buffer.isBuffer(part))) return [...parts];
  if (content !== undefined) {
    return parts.map((part) =>
      Buffer.isBuffer(part) ? part : content.subarray(part.start, part.end),
    );
  }
  const descriptor = openSame(path, facts);
  return descriptor === undefined ? undefined : new FilePieces(descriptor, { path, facts, parts });
}
