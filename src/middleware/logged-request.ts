/** What an access log tells of one request, as seen from the middle: between application and server. */
import { statusFor } from "../gateway/error-response.ts";
import type { AccessRecord } from "../log/access-record.ts";
import { type LogSubject, requestSubject } from "../log/log-subject.ts";
import { fieldOf } from "../messages/request-fields.ts";
import { pathReference } from "../static/safe-path.ts";
import type { Environ, HeaderList, ResponseBody, StartResponse } from "../wsgi/types.ts";
import { isWholeBody, watchedBody } from "./wrapped-body.ts";

/** nginx's, for a client that left before its answer began. */
const CLIENT_LEFT = 499;

export class LoggedRequest implements AccessRecord {
  readonly remoteAddress: string;
  readonly method: string;
  readonly target: string;
  readonly path: string;
  readonly query: string;
  readonly protocol: string;
  readonly pid: number = process.pid;
  /** Of the answer; 500 where none was started, 499 where the client left before one began. */
  status = 500;
  /** Bytes of the body that the application has given, and the server has asked for. */
  bytesSent = 0;
  durationMicroseconds = 0;
  readonly startTime: number = Date.now();
  /** Whether the client left before it had all. */
  isAborted = false;
  /** What the application failed with, if it did. */
  error: unknown;
  readonly #startedAt = performance.now();
  readonly #environ: Environ;
  /** An application may empty its environ. */
  readonly #hasLeft: (() => boolean) | undefined;
  readonly #onEnd: (request: LoggedRequest) => void;
  #headers: HeaderList = [];

  /** `onEnd` is told once. */
  constructor(environ: Environ, onEnd: (request: LoggedRequest) => void) {
    this.remoteAddress = environ.REMOTE_ADDR ?? "";
    this.method = environ.REQUEST_METHOD;
    this.path = environ.PATH_INFO;
    this.query = environ.QUERY_STRING;
    this.target = environ.REQUEST_URI ?? targetOf(environ);
    this.protocol = environ.SERVER_PROTOCOL;
    this.#environ = environ;
    this.#hasLeft = environ["portico.client_disconnected"];
    this.#onEnd = onEnd;
  }

  get about(): LogSubject | undefined {
    return requestSubject(this.#environ);
  }

  requestHeader(lowerName: string): string | undefined {
    return fieldOf(this.#environ, lowerName);
  }

  responseHeader(lowerName: string): string | undefined {
    return this.#headers.findLast(([name]) => name.toLowerCase() === lowerName)?.[1];
  }

  environ(name: string): unknown {
    // An environ may hold any name; its type lists those that PEP 3333 does.
    return this.#environ[name as `${string}.${string}`];
  }

  /** What the application gets in the place of start_response. */
  watch(startResponse: StartResponse): StartResponse {
    return (status, headers, excInfo) => {
      const write = startResponse(status, headers, excInfo);
      this.status = Number(status.slice(0, 3));
      this.#headers = headers;
      return (data) => {
        this.#count(data);
        return write(data);
      };
    };
  }

  returned(body: ResponseBody): ResponseBody {
    if (isWholeBody(body)) {
      for (const item of body) this.#count(item);
      this.#end();
      return body;
    }
    return watchedBody(body, {
      onItem: (item) => this.#count(item),
      onFailure: (error) => this.#fail(error),
      onClosed: () => this.#end(),
    });
  }

  failed(error: unknown): void {
    this.#fail(error);
    this.#end();
  }

  /** RFC 9110 §6.4.1: of some answers a server sends no body. What is no bytes it refuses. */
  #count(item: unknown): void {
    const hasContent = this.method !== "HEAD" && this.status !== 204 && this.status !== 304;
    if (hasContent && item instanceof Uint8Array) this.bytesSent += item.length;
  }

  #fail(error: unknown): void {
    this.error = error;
    // What was sent of an answer has told its status.
    if (this.bytesSent === 0) this.status = statusFor(error);
  }

  #end(): void {
    this.durationMicroseconds = Math.round((performance.now() - this.#startedAt) * 1000);
    this.isAborted = this.#hasLeft?.() === true;
    if (this.isAborted && this.bytesSent === 0) this.status = CLIENT_LEFT;
    this.#onEnd(this);
  }
}

/** Where a server does not say it: from what it was decoded to. */
function targetOf({ SCRIPT_NAME, PATH_INFO, QUERY_STRING }: Environ): string {
  const path = pathReference(SCRIPT_NAME + PATH_INFO);
  return QUERY_STRING === "" ? path : `${path}?${QUERY_STRING}`;
}
