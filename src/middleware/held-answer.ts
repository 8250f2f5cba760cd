/** An answer whose head is held back until it is known whether another takes its place. */
import { retryAfterOf, statusFor } from "../gateway/error-response.ts";
import { HttpError } from "../messages/http-error.ts";
import { HttpResponse, html } from "../messages/http-response.ts";
import { type Result, respond, responseOf } from "../messages/respond.ts";
import { headerValue } from "../wsgi/header-list.ts";
import type { Environ, HeaderList, ResponseBody, StartResponse, Write } from "../wsgi/types.ts";
import { areFields } from "./change-head.ts";
import { inPlaceOf, type Returned } from "./wrapped-body.ts";

/** What takes an answer's place; undefined where nothing does. */
type Replacement = Result | undefined;
type Replace = (status: number, error?: unknown) => Replacement | Promise<Replacement>;

interface Head {
  readonly status: string;
  readonly headers: HeaderList;
  readonly excInfo: Error | undefined;
}

/** What a page for people may take the place of: not what programs read. */
const FOR_PEOPLE = /^text\/(?:html|plain)\b/i;

/** Fields that say something of the body, and so not of another (RFC 9110 §8). */
const OF_THE_BODY: ReadonlySet<string> = new Set([
  ...["content-type", "content-length", "content-encoding", "content-language"],
  ...["content-location", "content-range", "content-disposition", "content-digest"],
  ...["repr-digest", "etag", "last-modified", "accept-ranges"],
]);

export class HeldAnswer {
  readonly #environ: Environ;
  readonly #startResponse: StartResponse;
  readonly #isOfInterest: (status: number) => boolean;
  #held: Head | undefined;
  #wasCalled = false;
  #hasReturned = false;
  /** Whether bytes of the body are out. */
  #hasWritten = false;
  #write: Write | undefined;

  constructor(
    environ: Environ,
    startResponse: StartResponse,
    isOfInterest: (status: number) => boolean,
  ) {
    this.#environ = environ;
    this.#startResponse = startResponse;
    this.#isOfInterest = isOfInterest;
  }

  /** What the application gets in the place of start_response. */
  readonly start: StartResponse = (status, headers, excInfo) => {
    // A second head without exc_info is the server's to refuse, which has to know of the first.
    const isSecond = this.#wasCalled && excInfo === undefined;
    this.#wasCalled = true;
    if (isSecond) this.#release();
    if (!isSecond && this.#mayReplace(status, headers)) {
      this.#held = { status, headers, excInfo };
    } else {
      this.#held = undefined;
      this.#write = this.#startResponse(status, headers, excInfo);
    }
    return (data) => {
      const write = this.#release();
      if (data instanceof Uint8Array && data.length > 0) this.#hasWritten = true;
      return write?.(data) ?? Promise.resolve();
    };
  };

  /** The application's body, or what takes its place. */
  finish(body: ResponseBody, replace: Replace): Returned {
    this.#hasReturned = true;
    const held = this.#held;
    if (held === undefined) return body;
    const status = statusOf(held.status);
    const settle = (result: Replacement): Returned => {
      if (result !== undefined) return inPlaceOf(body, () => this.#give(result, status, held));
      this.#release();
      return body;
    };
    const giveUp = (error: unknown): Returned =>
      inPlaceOf(body, () => {
        throw error;
      });
    let result: Replacement | Promise<Replacement>;
    try {
      result = replace(status);
    } catch (error) {
      return giveUp(error);
    }
    return result instanceof Promise ? result.then(settle, giveUp) : settle(result);
  }

  /** What takes the place of the server's answer to an error. @throws the error, where nothing does */
  fail(error: unknown, replace: Replace): Returned {
    const status = error instanceof HttpError ? error.status : statusFor(error);
    const hasLeft = this.#environ["portico.client_disconnected"]?.() === true;
    if (!this.#isOfInterest(status) || this.#hasWritten || hasLeft) throw error;
    const excInfo = error instanceof Error ? error : new Error(String(error));
    const settle = (result: Replacement): Returned => {
      if (result === undefined) throw error;
      if (status >= 500) this.#log(excInfo);
      return this.#give(result, status, { headers: fieldsOf(error), excInfo });
    };
    const result = replace(status, error);
    return result instanceof Promise ? result.then(settle) : settle(result);
  }

  #mayReplace(status: unknown, headers: HeaderList): boolean {
    if (this.#hasReturned || this.#hasWritten || typeof status !== "string") return false;
    if (!areFields(headers) || !this.#isOfInterest(statusOf(status))) return false;
    return FOR_PEOPLE.test(headerValue(headers, "Content-Type") ?? "text/plain");
  }

  /** Tells the server what was held back. */
  #release(): Write | undefined {
    const held = this.#held;
    this.#held = undefined;
    if (held !== undefined) {
      this.#write = this.#startResponse(held.status, held.headers, held.excInfo);
    }
    return this.#write;
  }

  #give(result: Result, status: number, { headers, excInfo }: Omit<Head, "status">): ResponseBody {
    const page = pageOf(result);
    const kept = headers.filter(
      ([name]) => !OF_THE_BODY.has(name.toLowerCase()) && page.header(name) === undefined,
    );
    const options = {
      status: page.status >= 400 ? page.status : status,
      headers: [...kept, ...page.headers],
    };
    return respond(new HttpResponse(page.content, options), this.#environ, (line, fields) =>
      this.#startResponse(line, fields, excInfo),
    );
  }

  /** A log has it already where an engine or a server has told it (`isLogged`). */
  #log(error: Error): void {
    if ("isLogged" in error && error.isLogged === true) return;
    this.#environ["wsgi.errors"].write(`${error.stack ?? error.message}\n`);
  }
}

function statusOf(status: string): number {
  return Number(status.slice(0, 3));
}

function pageOf(result: Result): HttpResponse {
  return typeof result === "string" ? html(result) : responseOf(result);
}

/** What an error says beside its status. */
function fieldsOf(error: unknown): HeaderList {
  if (error instanceof HttpError) return error.response().headers;
  const seconds = retryAfterOf(error);
  return seconds === undefined ? [] : [["Retry-After", String(seconds)]];
}
