/** What a connection tells the logs about its requests. */
import { LogErrorStream } from "../../gateway/error-stream.ts";
import type { RequestHead } from "../../http/events.ts";
import { type LogSubject, requestSubject } from "../../log/log-subject.ts";
import type { Environ } from "../../wsgi/types.ts";
import type { Http1Writer } from "./http1-writer.ts";
import type { ServerContext } from "./server-context.ts";

/** Characters of a request's target that tell it from others; the rest is the client's to fill. */
const MAX_TARGET_IN_LOG = 200;

export class RequestReports {
  readonly #context: ServerContext;
  readonly #writer: Http1Writer;
  #request: RequestHead | undefined;
  /** Kept only where somebody wants to know. */
  #environ: Environ | undefined;
  #startedAt = 0;
  /** Where requests have ids: what entries about this one say, and its `wsgi.errors`. */
  #about: LogSubject | undefined;
  #errors: LogErrorStream | undefined;

  constructor(context: ServerContext, writer: Http1Writer) {
    this.#context = context;
    this.#writer = writer;
  }

  begin(request: RequestHead, environ: Environ): void {
    this.#request = request;
    if (this.#context.server.hasRequestIds) this.#mark(environ);
    if (this.#context.onExchange === undefined) return;
    this.#environ = environ;
    this.#startedAt = performance.now();
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
    if (this.#request === undefined) return;
    this.#errors?.flush();
    const cut = this.#writer.bodyBytesCut;
    if (cut > 0) {
      const line = requestLine(this.#request);
      this.#context.log.warning(
        `${cut} bytes beyond Content-Length are cut off: ${line}`,
        this.#about,
      );
    }
    const { onExchange, onRequestEnd } = this.#context;
    if (onExchange !== undefined && this.#environ !== undefined) {
      const durationMilliseconds = performance.now() - this.#startedAt;
      onExchange({
        request: this.#request,
        environ: this.#environ,
        about: this.#about,
        response: this.#writer.response,
        bodyBytesSent: this.#writer.bodyBytesSent,
        startTime: Date.now() - durationMilliseconds,
        durationMilliseconds,
      });
      this.#environ = undefined;
    }
    this.#request = undefined;
    this.#writer.requestId = undefined;
    onRequestEnd?.();
  }

  failed(error: unknown): void {
    if (this.#request === undefined) return;
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
