/** Pages of a site's own for answers that are errors, by their status. */
import { readFileSync } from "node:fs";
import { retryAfterOf, statusFor } from "../gateway/error-response.ts";
import { statusLine } from "../http/status.ts";
import { HttpError } from "../messages/http-error.ts";
import { HttpRequest } from "../messages/http-request.ts";
import { html } from "../messages/http-response.ts";
import type { Result } from "../messages/respond.ts";
import { headerValue } from "../wsgi/header-list.ts";
import type {
  Environ,
  HeaderList,
  Middleware,
  ResponseBody,
  StartResponse,
} from "../wsgi/types.ts";
import { holdAnswers, type WholeAnswer } from "./answer-plan.ts";
import { pageAnswer, statusOf, varying } from "./error-page-answer.ts";
import { OptionJudge } from "./option-error.ts";
import { inPlaceOf, whenReturned } from "./wrapped-body.ts";

/** What a page is made of. */
export interface ErrorAnswer {
  readonly status: number;
  /** What the application threw, if it did: for the page of a developer, not of a client. */
  readonly error: unknown;
  readonly request: HttpRequest;
}

/** Undefined leaves the application's answer as it is; text is HTML; a status below 400 becomes that of the answer. */
export type ErrorPage = (answer: ErrorAnswer) => Result | undefined | Promise<Result | undefined>;

/** By status, or by its class where there is no page for it: HTML, a `file:` URL of HTML, or a function. */
export type ErrorPages = Readonly<
  Partial<Record<number | "4xx" | "5xx", string | URL | ErrorPage>>
>;

const judge = new OptionJudge("errorPages");

/**
 * Answers with its own page where the application's answer has such a status, and nothing of it is sent
 * yet; the status and fields that say nothing of the body (Set-Cookie, WWW-Authenticate, Retry-After …)
 * stay. Left alone are answers that are neither `text/html` nor `text/plain`, as JSON; HTML goes to
 * clients that accept it. What the application throws is written to `wsgi.errors` where a page answers it.
 *
 * @example
 * const application = errorPages({ 404: "<h1>Nothing here</h1>", "5xx": "<h1>Our fault</h1>" })(shop);
 *
 * @throws {OptionError} a status is no error's, or a file cannot be read
 */
export function errorPages(pages: ErrorPages): Middleware {
  const table = new Map(Object.entries(pages).flatMap(([key, page]) => entryOf(key, page)));
  const pageFor = (status: number): ErrorPage | undefined =>
    table.get(String(status)) ?? table.get(`${String(status)[0]}xx`);
  const hold = holdAnswers((head, environ) => {
    const status = statusOf(head.status);
    const page = pageFor(status);
    if (page === undefined || !isForPeople(head.headers)) return undefined;
    const ask = (): Asked => page({ status, error: undefined, request: new HttpRequest(environ) });
    return { written: "passed on", finish: (body) => replaced({ ...head, body }, ask, environ) };
  });
  return (application) => {
    const answering = hold(application);
    return (environ, startResponse) =>
      whenReturned(
        () => answering(environ, startResponse),
        (body) => body,
        (error) => {
          const status = error instanceof HttpError ? error.status : statusFor(error);
          const page = pageFor(status);
          if (page === undefined || environ["portico.client_disconnected"]?.() === true)
            throw error;
          const asked = page({ status, error, request: new HttpRequest(environ) });
          const answer = (result: Result | undefined): ResponseBody =>
            answerError({ error, status }, result, environ, startResponse);
          return asked instanceof Promise ? asked.then(answer) : answer(asked);
        },
      );
  };
}

type Asked = ReturnType<ErrorPage>;

/** What a page may take the place of: not what programs read. */
function isForPeople(headers: HeaderList): boolean {
  return /^text\/(?:html|plain)\b/i.test(headerValue(headers, "Content-Type") ?? "text/plain");
}

/** The answer with the page as its body, or as it is. */
function replaced(
  answer: WholeAnswer,
  ask: () => Asked,
  environ: Environ,
): WholeAnswer | Promise<WholeAnswer> {
  const { body, headers } = answer;
  const settle = (result: Result | undefined): WholeAnswer | Promise<WholeAnswer> =>
    result === undefined
      ? { ...answer, headers: varying(headers) }
      : inPlaceOf(body, () => pageAnswer(result, answer, environ));
  const giveUp = (error: unknown): Promise<never> | never =>
    inPlaceOf<never>(body, () => {
      throw error;
    });
  let asked: Asked;
  try {
    asked = ask();
  } catch (error) {
    return giveUp(error);
  }
  return asked instanceof Promise ? asked.then(settle, giveUp) : settle(asked);
}

/** @throws the error, where there is no page for it, or bytes of an answer are out */
function answerError(
  { error, status }: Pick<ErrorAnswer, "error" | "status">,
  result: Result | undefined,
  environ: Environ,
  startResponse: StartResponse,
): ResponseBody {
  if (result === undefined) throw error;
  const excInfo = error instanceof Error ? error : new Error(String(error));
  const head = { status: statusLine(status), headers: fieldsOf(error) };
  const answer = pageAnswer(result, head, environ);
  try {
    startResponse(answer.status, answer.headers, excInfo);
  } catch (refusal) {
    void answer.body.close?.();
    throw refusal;
  }
  const isLogged = "isLogged" in excInfo && excInfo.isLogged === true;
  if (status >= 500 && !isLogged) environ["wsgi.errors"].write(`${excInfo.stack}\n`);
  return answer.body;
}

/** What an error says beside its status. */
function fieldsOf(error: unknown): HeaderList {
  if (error instanceof HttpError) return error.response().headers;
  const seconds = retryAfterOf(error);
  return seconds === undefined ? [] : [["Retry-After", String(seconds)]];
}

/** @throws {OptionError} */
function entryOf(
  key: string,
  page: string | URL | ErrorPage | undefined,
): readonly (readonly [string, ErrorPage])[] {
  if (page === undefined) return [];
  judge.must(
    /^[45](?:[0-9]{2}|xx)$/.test(key),
    key,
    "is no status of an error: 400 to 599, 4xx or 5xx",
  );
  if (typeof page === "function") return [[key, page]];
  return [[key, htmlPage(typeof page === "string" ? page : fileText(key, page))]];
}

/** Read once: a file that is not there is told of now, and not when it is needed. */
function fileText(key: string, file: URL): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    return judge.cannot(key, "is a file that cannot be read", error);
  }
}

function htmlPage(text: string): ErrorPage {
  return ({ request }) => (acceptsHtml(request) ? html(text) : undefined);
}

/** A page for people; a program that wants JSON and takes anything else as well is not one of them. */
function acceptsHtml(request: HttpRequest): boolean {
  return request.accepts(["text/html", "application/json"]) === "text/html";
}
