/** Pages of a site's own for answers that are errors, by their status. */
import { readFileSync } from "node:fs";
import { HttpRequest } from "../messages/http-request.ts";
import { html } from "../messages/http-response.ts";
import type { Result } from "../messages/respond.ts";
import type { Middleware } from "../wsgi/types.ts";
import { HeldAnswer } from "./held-answer.ts";
import { OptionJudge } from "./option-error.ts";
import { whenReturned } from "./wrapped-body.ts";

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
  return (application) => (environ, startResponse) => {
    const held = new HeldAnswer(environ, startResponse, (status) => pageFor(status) !== undefined);
    const resultOf = (status: number, error?: unknown): ReturnType<ErrorPage> =>
      pageFor(status)?.({ status, error, request: new HttpRequest(environ) });
    return whenReturned(
      () => application(environ, held.start),
      (body) => held.finish(body, resultOf),
      (error) => held.fail(error, resultOf),
    );
  };
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
  const accept = request.header("Accept")?.toLowerCase() ?? "*/*";
  return (
    /\btext\/html\b/.test(accept) || (/\*\/\*|\btext\/\*/.test(accept) && !/json/.test(accept))
  );
}
