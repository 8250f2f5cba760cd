/** What a connection tells the logs about its requests. */
import type { RequestHead } from "../../http/events.ts";
import type { Environ } from "../../wsgi/types.ts";
import type { Http1Writer } from "./http1-writer.ts";
import type { ServerContext } from "./server-context.ts";

/** Characters of a request's target that tell it from others; the rest is the client's to fill. */
const MAX_TARGET_IN_LOG = 200;

export class RequestReports {
  readonly #context: ServerContext;
  readonly #writer: Http1Writer;
  #request: RequestHead | undefined;
  #environ: Environ | undefined;
  #startedAt = 0;

  constructor(context: ServerContext, writer: Http1Writer) {
    this.#context = context;
    this.#writer = writer;
  }

  begin(request: RequestHead, environ: Environ): void {
    this.#request = request;
    this.#environ = environ;
    this.#startedAt = performance.now();
    this.#context.statistics.began();
  }

  /** The request was answered or given up; told once. */
  end(): void {
    const request = this.#request;
    const environ = this.#environ;
    if (request === undefined || environ === undefined) return;
    const { bodyBytesCut, bodyBytesSent, response } = this.#writer;
    if (bodyBytesCut > 0) {
      const line = requestLine(request);
      this.#context.log.warning(`${bodyBytesCut} bytes beyond Content-Length are cut off: ${line}`);
    }
    const durationMilliseconds = performance.now() - this.#startedAt;
    const { statistics, onExchange, onRequestEnd } = this.#context;
    statistics.ended(request.method, response?.statusCode, bodyBytesSent);
    statistics.took(durationMilliseconds / 1000, queueTime(environ));
    if (onExchange !== undefined) {
      const startTime = Date.now() - durationMilliseconds;
      onExchange({ request, environ, response, bodyBytesSent, startTime, durationMilliseconds });
    }
    this.#request = undefined;
    this.#environ = undefined;
    onRequestEnd?.();
  }

  failed(error: unknown): void {
    if (this.#request === undefined) return;
    // Who carries this mark has told the log already, with more than is known here.
    if (error instanceof Error && "isLogged" in error && error.isLogged === true) return;
    const line = `Error handling request ${requestLine(this.#request)}`;
    const isOurs = error instanceof Error && "statusHint" in error;
    // Where in the server an error of its own was made helps nobody.
    if (!isOurs) this.#context.log.error(`${line}\n${traceOf(error)}`);
    else if (error.statusHint === 503) this.#context.faults.overloaded(`${line}: ${error.message}`);
    else this.#context.log.error(`${line}: ${error.message}`);
  }

  /** A mistake of this server. */
  broke(error: unknown): void {
    const what = "A connection was given up because of an error in portico";
    this.#context.log.error(`${what}\n${traceOf(error)}`);
  }
}

/** How long it waited for a worker, in seconds. */
function queueTime(environ: Environ): number {
  const waited = environ["portico.queue_time"];
  return typeof waited === "number" ? waited : 0;
}

/** Method and target hold visible ASCII alone, so they cannot forge a line. */
function requestLine({ method, target }: RequestHead): string {
  return `${method} ${target.slice(0, MAX_TARGET_IN_LOG)}`;
}

function traceOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
