/** Errors that are responses: thrown anywhere in a handler, answered by whoever called it. */
import { statusLine } from "../http/status.ts";
import { addToList } from "../wsgi/header-list.ts";
import type { HeaderList } from "../wsgi/types.ts";
import type { HttpRequest } from "./http-request.ts";
import { fieldList, HttpResponse, type ResponseOptions, text } from "./http-response.ts";

export interface HttpErrorOptions extends Pick<ResponseOptions, "headers">, ErrorOptions {
  /** The methods that are allowed (405, RFC 9110 §15.5.6). */
  readonly allow?: readonly string[];
  /** What is asked for, as `Basic realm="x"` (401, RFC 9110 §15.5.2). */
  readonly challenge?: string;
  /** When to come again: seconds, or a date (429 and 503, RFC 9110 §10.2.3). */
  readonly retryAfter?: number | Date;
  /** Members of the problem's details beside `status`, `title` and `detail`, which they replace (RFC 9457 §3). */
  readonly problem?: Readonly<Record<string, unknown>>;
}

/** RFC 9457 §3. */
const PROBLEM = "application/problem+json";

export class HttpError extends Error {
  override readonly name: string = "HttpError";
  /** From 400 to 599. */
  readonly status: number;
  readonly headers: HeaderList;
  readonly problem: Readonly<Record<string, unknown>>;

  /** Without a message it is the status' own words; the message is shown to the client. */
  constructor(status: number, message?: string, options: HttpErrorOptions = {}) {
    super(message ?? statusLine(status), options);
    this.status = status;
    this.headers = fieldsOf(options);
    this.problem = options.problem ?? {};
  }

  /** Text or, to a client that prefers JSON, problem details (RFC 9457). */
  response(request?: HttpRequest): HttpResponse {
    const { status, headers, message } = this;
    if (request === undefined) return text(`${message}\n`, { status, headers });
    const response = prefersJson(request)
      ? this.#details()
      : text(`${message}\n`, { status, headers });
    addToList(response.headers, "Vary", "Accept");
    return response;
  }

  #details(): HttpResponse {
    const { status, headers, message } = this;
    const title = statusLine(status);
    const detail = message === title ? {} : { detail: message };
    const problem = { status, title: title.slice(4), ...detail, ...this.problem };
    return new HttpResponse(JSON.stringify(problem), { status, headers }).setHeader(
      "Content-Type",
      PROBLEM,
    );
  }
}

/** Who does not say gets text. */
function prefersJson(request: HttpRequest): boolean {
  if (request.header("Accept") === undefined) return false;
  const preferred = request.accepts(["text/plain", "text/html", PROBLEM, "application/json"]);
  return preferred === PROBLEM || preferred === "application/json";
}

function fieldsOf(options: HttpErrorOptions): HeaderList {
  const { headers = [], allow, challenge, retryAfter } = options;
  const fields = fieldList(headers);
  if (allow !== undefined) fields.push(["Allow", allow.join(", ")]);
  if (challenge !== undefined) fields.push(["WWW-Authenticate", challenge]);
  if (retryAfter !== undefined) {
    const when = retryAfter instanceof Date ? retryAfter.toUTCString() : String(retryAfter);
    fields.push(["Retry-After", when]);
  }
  return fields;
}
