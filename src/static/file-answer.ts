/** From a file to what is answered about it: conditions, ranges, and a body that is opened in time. */
import { randomBytes } from "node:crypto";
import type { Environ, HeaderList, ResponseBody } from "../wsgi/types.ts";
import { byteRanges, contentRange, multipartRanges, type Part } from "./byte-ranges.ts";
import type { Directory, Found, ServedFile } from "./directory.ts";
import { FileChangedError, FilePieces } from "./file-pieces.ts";
import { openSame } from "./files.ts";
import { type Answer, makeAnswer, type Representation } from "./representation.ts";
import { judgeConditions, rangeHolds } from "./validators.ts";

export const PRECONDITION_FAILED: Answer = plain("412 Precondition Failed");

/** How often a file may be found changed between the look at it and its opening. */
const MAX_TRIES = 3;

/** What is to be answered about a file, and which of its forms its parts are of. */
export interface PlannedAnswer {
  readonly file: Representation;
  readonly answer: Answer;
}

export interface OpenedAnswer {
  readonly answer: Answer;
  readonly body: ResponseBody;
}

/**
 * The answer with its body, or why there is no file at the path. `plan` may be asked again, where a
 * file is found changed.
 * @throws {FileChangedError} it is each time
 */
export function openAnswer(
  directory: Directory,
  path: string,
  environ: Environ,
  plan: (found: ServedFile) => PlannedAnswer,
): OpenedAnswer | Exclude<Found, ServedFile> {
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    const found = directory.find(path, Date.now());
    if (typeof found === "string") return found;
    const { file, answer } = plan(found);
    const body = bodyOf(file, answer.parts, environ);
    if (body !== undefined) return { answer, body };
    directory.forget(path);
  }
  throw new FileChangedError(path);
}

/** RFC 9110 §13.2.2: first what makes the request conditional, then its ranges. */
export function answerWith(file: Representation, environ: Environ): Answer {
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

/** An answer whose body repeats its status. */
export function plain(status: string, more: HeaderList = []): Answer {
  const text = Buffer.from(`${status}\n`);
  const fields: HeaderList = [
    ["Content-Type", "text/plain; charset=utf-8"],
    ["Content-Length", String(text.length)],
    ...more,
  ];
  return makeAnswer(status, fields, [text]);
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
