/** From a file to what is answered about it: conditions, ranges, and a body that is opened in time. */
import { statusLine } from "../http/status.ts";
import { setHeader } from "../wsgi/header-list.ts";
import type { Environ, HeaderList, ResponseBody } from "../wsgi/types.ts";
import type { Part } from "./byte-ranges.ts";
import type { Directory, Found, ServedFile } from "./directory.ts";
import { fileBody } from "./file-body.ts";
import { FileChangedError } from "./file-pieces.ts";
import { rangedAnswer } from "./ranged-answer.ts";
import { type Answer, makeAnswer, type Representation } from "./representation.ts";
import { judgeConditions, rangeHolds } from "./validators.ts";

const PRECONDITION_FAILED: Answer = plain("412 Precondition Failed");

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
  const { mediaType, facts } = file;
  const ranged = rangedAnswer(field, { mediaType, size: facts.size });
  if (ranged === undefined) return file.whole;
  const status = statusLine(ranged.status);
  if (ranged.status === 416) return plain(status, ranged.fields);
  const fields: HeaderList = file.whole.fields.slice();
  for (const [name, value] of ranged.fields) setHeader(fields, name, value);
  return { status, fields, parts: ranged.parts };
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
  file: Representation,
  parts: readonly Part[],
  { REQUEST_METHOD: method }: Environ,
): ResponseBody | undefined {
  return method === "HEAD" ? [] : fileBody(file, parts);
}
