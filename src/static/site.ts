/** From a request to the answer about a file, or about there being none. */
import { preferredCoding } from "../http/content-codings.ts";
import type { Environ, ResponseBody, StartResponse } from "../wsgi/types.ts";
import type { Directory, Found, ServedFile } from "./directory.ts";
import { answerWith, openAnswer, plain } from "./file-answer.ts";
import { endingOf } from "./media-types.ts";
import type { Answer, Representation } from "./representation.ts";
import { pathReference } from "./safe-path.ts";

/** What answers where there is no file; each as the PATH_INFO that asks for it. */
export interface StandIns {
  readonly fallback: string | undefined;
  readonly notFound: string | undefined;
}

const METHOD_NOT_ALLOWED = plain("405 Method Not Allowed", [["Allow", "GET, HEAD"]]);
const FORBIDDEN = plain("403 Forbidden");
const NOT_FOUND = plain("404 Not Found");

export class Site {
  readonly #directory: Directory;
  readonly #standIns: StandIns;

  constructor(directory: Directory, standIns: StandIns) {
    this.#directory = directory;
    this.#standIns = standIns;
  }

  answer(environ: Environ, startResponse: StartResponse): ResponseBody {
    const { REQUEST_METHOD: method, PATH_INFO: path } = environ;
    if (method !== "GET" && method !== "HEAD") {
      return give(METHOD_NOT_ALLOWED, environ, startResponse);
    }
    const file = this.#deliver(path, answerWith, environ, startResponse);
    if (typeof file !== "string") return file;
    if (file === "directory") return give(redirect(environ), environ, startResponse);
    if (file === "forbidden") return give(FORBIDDEN, environ, startResponse);
    const { fallback, notFound } = this.#standIns;
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
    const opened = openAnswer(this.#directory, path, environ, (found) => {
      const file = preferred(found, environ);
      return { file, answer: plan(file, environ) };
    });
    if (typeof opened === "string") return opened;
    startWith(opened.body, opened.answer, startResponse);
    return opened.body;
  }
}

function preferred(
  { plain: file, coded, codings, live }: ServedFile,
  { HTTP_ACCEPT_ENCODING: accepted, HTTP_RANGE: range }: Environ,
): Representation {
  if (coded.length > 0) {
    const coding = preferredCoding(accepted, codings);
    return coding === undefined ? file : (coded[codings.indexOf(coding)] ?? file);
  }
  // What was compressed here differs between machines, byte by byte: there are no parts of it.
  if (live === undefined || range !== undefined) return file;
  const coding = preferredCoding(accepted, live.codings);
  return coding === undefined ? file : (live.get(coding) ?? file);
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
