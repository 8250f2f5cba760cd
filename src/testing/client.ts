/** Calls an application of either language without a socket, and sees what a client would see. */
import { runningEngines, stopEnginesBeside } from "../embed/engines.ts";
import { errorResponse, retryAfterOf, statusFor } from "../gateway/error-response.ts";
import type { ResponseHead } from "../http/events.ts";
import { headerValue, removeHeader } from "../wsgi/header-list.ts";
import type { Finding } from "../wsgi/lint/finding.ts";
import type { Application, HeaderList } from "../wsgi/types.ts";
import { AnswerHead, type CallReport } from "./answer-head.ts";
import { Call, LintError } from "./call.ts";
import { CookieJar } from "./cookie-jar.ts";
import { holdingLoop } from "./hold-loop.ts";
import { redirected } from "./redirects.ts";
import { encodeBody } from "./request-body.ts";
import type { ClientOptions, RequestOptions } from "./request-options.ts";
import { PieceQueue, StreamedResponse } from "./streamed-response.ts";
import {
  cookieUrlOf,
  fieldsOf,
  hostnameOf,
  makeRequest,
  type TestRequest,
} from "./test-request.ts";

/** How long requests that are open when a client ends may take in Python, in milliseconds. */
const GRACE = 10_000;

/**
 * A client of this one application. Python applications start with the first request, and end with the
 * client: `await using client = createClient(python("shop:app"))`.
 */
export function createClient(
  application: Application,
  options: ClientOptions & { readonly cookies?: boolean } = {},
): Client {
  return new Client(application, options);
}

export class Client implements AsyncDisposable {
  readonly #application: Application;
  readonly #defaults: ClientOptions;
  readonly #keepsCookies: boolean;
  readonly #enginesBefore = runningEngines();
  readonly #open = new Set<StreamedResponse>();
  /** What answers have set, and what a test sets: sent with each request to where it belongs. */
  readonly cookies: CookieJar;

  constructor(
    application: Application,
    { cookies = true, ...defaults }: ClientOptions & { readonly cookies?: boolean },
  ) {
    this.#application = application;
    this.#defaults = defaults;
    this.#keepsCookies = cookies;
    this.cookies = new CookieJar(hostnameOf(defaults.host ?? "localhost"));
  }

  /**
   * `target` is a path, with a query or without, or an `http:` URL; what a request line cannot hold is
   * percent-encoded.
   * @throws {TypeError} the request cannot be made: a field's value, two bodies
   * @throws {RemoteProtocolError} a server would refuse it
   * @throws {LintError} the application breaks the contract
   * @throws whatever the application throws, unless `catchErrors` has it answered
   */
  async request(
    method: string,
    target: string,
    options: RequestOptions = {},
  ): Promise<TestResponse> {
    const all = this.#withDefaults(options);
    let request = makeRequest(method, target, all, await encodeBody(options));
    const history: TestResponse[] = [];
    const { redirects = 0 } = all;
    for (;;) {
      const response = await this.#ask(request, all, history);
      const next = redirects === 0 ? undefined : redirected(request, response);
      if (next === undefined) return response;
      history.push(response);
      if (history.length > redirects) throw tooMany(history);
      request = next;
    }
  }

  /**
   * Resolves as soon as the answer begins; its body is read while the application makes it. Redirects are
   * not followed.
   * @throws as {@link request}; what comes later, where the body is read
   */
  async stream(
    method: string,
    target: string,
    options: RequestOptions = {},
  ): Promise<StreamedResponse> {
    const all = this.#withDefaults(options);
    const request = makeRequest(method, target, all, await encodeBody(options));
    const call = new Call(this.#withCookies(request), all);
    const pieces = new PieceQueue();
    return new Promise((resolve, reject) => {
      const begin = (head: ResponseHead): void => {
        const response = new StreamedResponse(head, pieces, call, ended);
        this.#keepCookies(request, response.headerValues("Set-Cookie"));
        this.#open.add(response);
        void ended.then(() => this.#open.delete(response));
        resolve(response);
      };
      const fail = (error: unknown): void => {
        pieces.fail(error);
        reject(error);
      };
      const sink = { begin, take: (bytes: Uint8Array) => pieces.give(bytes) };
      // In a turn of its own, so that what begins knows of its end.
      const ended = Promise.resolve()
        .then(() => holdingLoop(call.run(this.#application, sink)))
        .then(() => pieces.end(), fail);
    });
  }

  get(target: string, options?: RequestOptions): Promise<TestResponse> {
    return this.request("GET", target, options);
  }

  head(target: string, options?: RequestOptions): Promise<TestResponse> {
    return this.request("HEAD", target, options);
  }

  post(target: string, options?: RequestOptions): Promise<TestResponse> {
    return this.request("POST", target, options);
  }

  put(target: string, options?: RequestOptions): Promise<TestResponse> {
    return this.request("PUT", target, options);
  }

  patch(target: string, options?: RequestOptions): Promise<TestResponse> {
    return this.request("PATCH", target, options);
  }

  delete(target: string, options?: RequestOptions): Promise<TestResponse> {
    return this.request("DELETE", target, options);
  }

  options(target: string, options?: RequestOptions): Promise<TestResponse> {
    return this.request("OPTIONS", target, options);
  }

  /** Leaves what is still streamed, and ends the Python processes that its requests have started. */
  async close(): Promise<void> {
    // Not waited for: an application may be deaf to it.
    for (const response of this.#open) void response.close();
    await holdingLoop(stopEnginesBeside(this.#enginesBefore, AbortSignal.timeout(GRACE)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #ask(
    request: TestRequest,
    options: RequestOptions,
    history: readonly TestResponse[],
  ): Promise<TestResponse> {
    const call = new Call(this.#withCookies(request), options);
    const answer = await this.#answerOf(call, options);
    const report = call.report(answer.error);
    const response = new TestResponse(answer.head, answer.body, report, history.slice());
    this.#keepCookies(request, response.headerValues("Set-Cookie"));
    return response;
  }

  async #answerOf(call: Call, { signal, catchErrors = false }: RequestOptions): Promise<Answer> {
    const chunks: Uint8Array[] = [];
    let head: ResponseHead | undefined;
    const sink = {
      begin(begun: ResponseHead): void {
        head = begun;
      },
      take(bytes: Uint8Array): undefined {
        chunks.push(bytes);
      },
    };
    try {
      await holdingLoop(call.run(this.#application, sink));
    } catch (error) {
      // A server cuts an answer that has begun, and a test that breaks off has no use for one.
      const isAnswerable = catchErrors && !call.hasBegun && signal?.aborted !== true;
      if (!isAnswerable || error instanceof LintError) throw error;
      return { ...errorResponse(statusFor(error), retryAfterOf(error)), error };
    }
    if (head === undefined) throw new Error("the application answered nothing");
    return { head, body: Buffer.concat(chunks), error: undefined };
  }

  #withDefaults(options: RequestOptions): RequestOptions {
    const headers = fieldsOf(this.#defaults.headers ?? {});
    const own = fieldsOf(options.headers ?? {});
    for (const [name] of own) removeHeader(headers, name);
    const environ = { ...this.#defaults.environ, ...options.environ };
    return { ...this.#defaults, ...options, headers: [...headers, ...own], environ };
  }

  /** A Cookie field that a test gives itself is all that is sent. */
  #withCookies(request: TestRequest): TestRequest {
    if (!this.#keepsCookies || headerValue(request.headers, "Cookie") !== undefined) return request;
    const cookies = this.cookies.headerFor(cookieUrlOf(request));
    return cookies === undefined
      ? request
      : { ...request, headers: [...request.headers, ["Cookie", cookies]] };
  }

  #keepCookies(request: TestRequest, fields: readonly string[]): void {
    if (!this.#keepsCookies) return;
    for (const field of fields) this.cookies.receive(field, cookieUrlOf(request));
  }
}

/** An answer with its whole body. */
export class TestResponse extends AnswerHead implements CallReport {
  readonly bytes: Buffer;
  readonly url: string;
  readonly earlyHints: readonly HeaderList[];
  readonly errors: string;
  readonly findings: readonly Finding[];
  readonly error: unknown;
  /** The redirects that led here, the first one first. */
  readonly history: readonly TestResponse[];

  constructor(
    head: ResponseHead,
    bytes: Buffer,
    report: CallReport,
    history: readonly TestResponse[] = [],
  ) {
    super(head);
    this.bytes = bytes;
    this.url = report.url;
    this.earlyHints = report.earlyHints;
    this.errors = report.errors;
    this.findings = report.findings;
    this.error = report.error;
    this.history = history;
  }

  /** The body as UTF-8. */
  get text(): string {
    return this.bytes.toString("utf8");
  }

  /** @throws {SyntaxError} the body is no JSON */
  json(): unknown {
    return JSON.parse(this.text);
  }
}

interface Answer {
  readonly head: ResponseHead;
  readonly body: Buffer;
  /** What was thrown in its place. */
  readonly error: unknown;
}

function tooMany(history: readonly TestResponse[]): Error {
  const urls = history.map(({ url }) => url).join(" → ");
  return new Error(`more redirects than the ${history.length - 1} that may be followed: ${urls}`);
}
