/**
 * Fetch handlers as applications, and applications as fetch handlers: Hono, h3 and all else that answers
 * a `Request` with a `Response` mounts in Portico, and what Portico runs, runs wherever they do.
 */
import { ClientDisconnected } from "../gateway/response-writer.ts";
import type { Application, Environ } from "../wsgi/types.ts";
import { ClientSignal } from "./client-signal.ts";
import { answerWith } from "./fetch-answer.ts";
import { fetchEnviron } from "./fetch-environ.ts";
import { FetchInput } from "./fetch-input.ts";
import { fetchRequest } from "./fetch-request.ts";
import { FetchWriter } from "./fetch-writer.ts";
import { report } from "./foreign-environ.ts";
import { type Outcome, run } from "./run.ts";

/**
 * What {@link fromFetchHandler} takes: the `fetch` of a Hono or h3 application, or any function like it. The
 * environ is what Hono calls `c.env`.
 */
export type FetchHandler = (request: Request, environ: Environ) => Response | Promise<Response>;

/** What {@link toFetchHandler} makes; what is `passed` with a request is for `environ` of its options. */
export type PortableHandler = (
  request: Request,
  ...passed: readonly unknown[]
) => Promise<Response>;

export interface ToFetchOptions {
  /**
   * Variables to put into the environ of each request, such as REMOTE_ADDR, which a `Request` does not tell;
   * it is called with all that the handler is.
   */
  readonly environ?: (
    request: Request,
    ...passed: readonly unknown[]
  ) => Readonly<Record<string, unknown>>;
}

/** So that a round trip gives back the original. */
const handlers = new WeakMap<Application, FetchHandler>();
const applications = new WeakMap<object, Application>();

/**
 * Runs a fetch handler as an application. It sees the URL below the mount; `environOf(request)` tells the
 * rest. An error that it throws is the server's to answer.
 */
export function fromFetchHandler(handler: FetchHandler): Application {
  const original = applications.get(handler);
  if (original !== undefined) return original;
  const application: Application = (environ, startResponse) => {
    const client = new ClientSignal(environ["portico.closed"]);
    const failed = (error: unknown): never => {
      client.release();
      throw error;
    };
    try {
      const response = handler(fetchRequest(environ, client), environ);
      if (!(response instanceof Promise)) return answerWith(response, startResponse, client);
      return response.then((settled) => answerWith(settled, startResponse, client)).catch(failed);
    } catch (error) {
      return failed(error);
    }
  };
  handlers.set(application, handler);
  return application;
}

/**
 * Runs an application of either language as a fetch handler. Its promise rejects with what the application
 * throws before its head is out; what it throws later, reading the body throws.
 */
export function toFetchHandler(
  application: Application,
  options: ToFetchOptions = {},
): PortableHandler {
  const original = handlers.get(application);
  // Whoever calls it awaits the answer, and what else is passed was meant for the handler itself.
  if (original !== undefined) return original as PortableHandler;
  const handler: PortableHandler = (request, ...passed) =>
    new Promise((resolve, reject) => {
      const exchange = new FetchExchange(request, resolve, reject);
      Object.assign(exchange.environ, options.environ?.(request, ...passed));
      run(application, exchange.environ, exchange.writer, exchange);
    });
  applications.set(handler, application);
  return handler;
}

/** One request of a fetch handler's caller, until its answer is over. */
class FetchExchange implements Outcome {
  readonly environ: Environ;
  readonly writer: FetchWriter;
  readonly #signal: AbortSignal;
  readonly #input: FetchInput;
  readonly #closed = new AbortController();

  constructor(
    request: Request,
    resolve: (response: Response) => void,
    reject: (error: unknown) => void,
  ) {
    this.#input = new FetchInput(request);
    this.environ = fetchEnviron(request, this.#input, this.#closed.signal);
    this.writer = new FetchWriter(request.method, { resolve, reject, cancelled: this.#leave });
    this.#signal = request.signal;
    if (this.#signal.aborted) this.#leave();
    else this.#signal.addEventListener("abort", this.#leave);
  }

  ended(): void {
    this.#signal.removeEventListener("abort", this.#leave);
    this.#input.release();
  }

  failed(error: unknown): void {
    this.ended();
    if (!this.writer.fail(error) && !(error instanceof ClientDisconnected)) report(error);
  }

  /** Nobody waits for the answer any more. */
  readonly #leave = (): void => {
    const gone = new ClientDisconnected();
    this.writer.abandon();
    this.#input.fail(gone);
    this.#closed.abort(gone);
  };
}
