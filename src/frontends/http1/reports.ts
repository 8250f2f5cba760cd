/** What a connection tells the logs about its requests. */
import { LogErrorStream } from "../../gateway/error-stream.ts";
import { ClientDisconnected } from "../../gateway/response-writer.ts";
import { RemoteProtocolError } from "../../http/errors.ts";
import type { RequestHead } from "../../http/events.ts";
import type { ServerState } from "../../http/states.ts";
import { type LogSubject, requestSubject } from "../../log/log-subject.ts";
import type { EngineNotes, Environ } from "../../wsgi/types.ts";
import type { Http1Writer } from "./http1-writer.ts";
import type { ServerContext } from "./server-context.ts";

/** Characters of a request's target that tell it from others; the rest is the client's to fill. */
const MAX_TARGET_IN_LOG = 200;

/** What becomes of a request that is given up, by how far its answer has come. */
const ENDS: Readonly<Partial<Record<ServerState, string>>> = {
  "send-response": "it is answered 504",
  "send-body": "its answer is cut off",
};

export class RequestReports {
  readonly #context: ServerContext;
  readonly #writer: Http1Writer;
  #request: RequestHead | undefined;
  #environ: Environ | undefined;
  /** Kept because an application may empty its environ. */
  #notes: EngineNotes | undefined;
  #startedAt = 0;
  /** Whether it failed for that: whatever is answered then, nobody awaits it. */
  #hasClientLeft = false;
  /** Where requests have ids: what entries about this one say, and its `wsgi.errors`. */
  #about: LogSubject | undefined;
  #errors: LogErrorStream | undefined;

  constructor(context: ServerContext, writer: Http1Writer) {
    this.#context = context;
    this.#writer = writer;
  }

  begin(request: RequestHead, environ: Environ): void {
    this.#request = request;
    this.#notes = environ["portico.engine"];
    if (this.#context.server.hasRequestIds) this.#mark(environ);
    this.#environ = environ;
    this.#hasClientLeft = false;
    this.#startedAt = performance.now();
    this.#context.statistics.began();
  }

  #mark(environ: Environ): void {
    const about = requestSubject(environ);
    this.#about = about;
    this.#writer.requestId = about?.requestId;
    this.#errors = new LogErrorStream((text) => this.#context.log.raw(text, about));
    environ["wsgi.errors"] = this.#errors;
  }

  /** The request was answered or given up; told once. */
  end(): void {
    const request = this.#request;
    const environ = this.#environ;
    if (request === undefined || environ === undefined) return;
    this.#errors?.flush();
    const about = this.#about;
    const { bodyBytesCut, bodyBytesSent } = this.#writer;
    const response = this.#hasClientLeft ? undefined : this.#writer.response;
    if (bodyBytesCut > 0) {
      const what = `${bodyBytesCut} bytes beyond Content-Length are cut off`;
      this.#context.log.warning(`${what}: ${requestLine(request)}`, about);
    }
    const durationMilliseconds = performance.now() - this.#startedAt;
    const { statistics, onExchange, onRequestEnd } = this.#context;
    const queueTime = this.#notes?.queueTime ?? 0;
    statistics.ended(request.method, response?.statusCode, bodyBytesSent);
    statistics.took(durationMilliseconds / 1000, queueTime);
    if (onExchange !== undefined) {
      const startTime = Date.now() - durationMilliseconds;
      // Middleware may have given the engine a copy, and the application may have frozen this one.
      if (queueTime > 0) Reflect.set(environ, "portico.queue_time", queueTime);
      const facts = { request, environ, about, response, bodyBytesSent };
      onExchange({ ...facts, startTime, durationMilliseconds });
    }
    this.#request = undefined;
    this.#environ = undefined;
    this.#notes = undefined;
    this.#writer.requestId = undefined;
    onRequestEnd?.();
  }

  /** Whether the engine of this request sees to it that the request does not take too long. */
  get engineKeepsDeadline(): boolean {
    return this.#notes?.keepsDeadline === true;
  }

  /** Why a request is given up whose time is over. */
  get lateness(): string {
    const seconds = this.#context.timeouts.application / 1000;
    return `its application took longer than ${seconds} s (see --timeout)`;
  }

  /** Whether there is a request to be given up. */
  givesUp(why: string, state: ServerState): boolean {
    if (this.#request === undefined) return false;
    const end = ENDS[state] ?? "its connection is closed";
    this.#context.log.error(`${requestLine(this.#request)}: ${why}; ${end}`, this.#about);
    return true;
  }

  failed(error: unknown): void {
    if (this.#request === undefined) return;
    // What the client did has been logged as its fault.
    if (error instanceof ClientDisconnected || error instanceof RemoteProtocolError) return;
    if (error instanceof Error && "hasClientLeft" in error) this.#hasClientLeft = true;
    // Who carries this mark has told the log already, with more than is known here.
    if (error instanceof Error && "isLogged" in error && error.isLogged === true) return;
    const line = `Error handling request ${requestLine(this.#request)}`;
    const isOurs = error instanceof Error && "statusHint" in error;
    // Where in the server an error of its own was made helps nobody.
    if (!isOurs) this.#context.log.error(`${line}\n${traceOf(error)}`, this.#about);
    else if (error.statusHint === 503)
      this.#context.faults.overloaded(`${line}: ${error.message}`, this.#about);
    else this.#context.log.error(`${line}: ${error.message}`, this.#about);
  }

  /** A mistake of this server. */
  broke(error: unknown): void {
    const what = "A connection was given up because of an error in portico";
    this.#context.log.error(`${what}\n${traceOf(error)}`);
  }
}

/** Method and target hold visible ASCII alone, so they cannot forge a line. */
function requestLine({ method, target }: RequestHead): string {
  return `${method} ${target.slice(0, MAX_TARGET_IN_LOG)}`;
}

function traceOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
