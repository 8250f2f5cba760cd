/** One answer that has to begin in time: what the application gives, or what is given in its place. */
import { LendingBody } from "../buffers/lent-pieces.ts";
import { escaped } from "../log/escapes.ts";
import { HttpError } from "../messages/http-error.ts";
import { respond } from "../messages/respond.ts";
import { Later } from "../wsgi/later.ts";
import type { Application, Environ, ResponseBody, StartResponse, Write } from "../wsgi/types.ts";
import { isIterable, isWholeBody, type Returned, watchedBody } from "./wrapped-body.ts";

export interface TimeLimits {
  readonly seconds: number;
  readonly status: 503 | 504;
  readonly cutsStreams: boolean;
}

/** Characters of a path that tell it from others; the rest is the client's to fill. */
const MAX_PATH = 200;

/** Named as that of `AbortSignal.timeout`; a server that it reaches answers by its status. */
export class AnswerTimeoutError extends Error {
  override readonly name: string = "TimeoutError";
  readonly statusHint: number;

  constructor({ seconds, status }: TimeLimits) {
    super(`the application took longer than ${seconds} s`);
    this.statusHint = status;
  }
}

export class TimedAnswer {
  readonly #environ: Environ;
  readonly #startResponse: StartResponse;
  readonly #limits: TimeLimits;
  readonly #startedAt = performance.now();
  readonly #controller = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  /** Whether bytes of the body are out. */
  #hasBegun = false;
  /** Whether the application has taken the connection over (docs/upgrade.md): it is told of its end still. */
  #tookOver = false;
  /** Once the time is over: what the application is told from then on. */
  #expired: AnswerTimeoutError | undefined;
  #onExpired: ((error: AnswerTimeoutError) => void) | undefined;

  constructor(environ: Environ, startResponse: StartResponse, limits: TimeLimits) {
    this.#environ = environ;
    this.#startResponse = startResponse;
    this.#limits = limits;
  }

  of(application: Application): Returned {
    const outer = this.#environ["portico.closed"];
    if (outer?.aborted === true) this.#controller.abort(outer.reason);
    outer?.addEventListener("abort", this.#relay);
    let returned: Returned;
    try {
      const environ = { ...this.#environ, "portico.closed": this.#controller.signal };
      returned = application(environ, this.#start);
    } catch (error) {
      this.#over();
      throw error;
    }
    return returned instanceof Promise ? this.#race(returned) : this.#timed(returned);
  }

  readonly #relay = (): void => this.#controller.abort(this.#environ["portico.closed"]?.reason);

  /** What the application gets in the place of start_response. */
  readonly #start: StartResponse = (status, headers, excInfo) => {
    if (this.#expired !== undefined) throw this.#expired;
    const write = this.#startResponse(status, headers, excInfo);
    this.#tookOver = String(status).startsWith("101");
    return (data) => this.#write(write, data);
  };

  #write(write: Write, data: Uint8Array): Promise<void> {
    if (this.#expired === undefined) {
      // What is no bytes is the server's to refuse.
      if (data instanceof Uint8Array && data.length > 0) this.#begin();
      return write(data);
    }
    const refused = Promise.reject(this.#expired);
    // An application need not wait for what it writes.
    refused.catch(() => this.#expired);
    return refused;
  }

  /** What the application promises, or what is answered in its place. */
  #race(returned: Promise<ResponseBody>): Later<ResponseBody> {
    const answer = new Later<ResponseBody>();
    this.#arm((error) => {
      if (this.#hasBegun) answer.reject(error);
      else answer.resolve(this.#answerLate(error));
      this.#over();
    });
    const onBody = (body: ResponseBody): void => {
      if (this.#expired === undefined) {
        this.#onExpired = undefined;
        answer.resolve(this.#timed(body));
      } else {
        // Nobody waits for it any more, whatever comes of it.
        void closed(body).catch(() => this.#expired);
      }
    };
    const onError = (error: unknown): void => {
      this.#over();
      // Settled already where the time is over: the client has its answer, and the log the reason.
      answer.reject(error);
    };
    if (returned instanceof Later) returned.tell(onBody, onError);
    else void returned.then(onBody, onError);
    return answer;
  }

  /** Items that are there, or are made while the server asks for them, keep nobody waiting but the loop. */
  #timed(body: ResponseBody): ResponseBody {
    if (isWholeBody(body) || !isIterable(body)) {
      this.#over();
      return body;
    }
    const canWait = Symbol.asyncIterator in body && !(body instanceof LendingBody);
    if (!canWait || !this.#hasTime) {
      this.#disarm();
      return watchedBody(body, { onClosed: () => this.#over() });
    }
    return {
      [Symbol.asyncIterator]: () => this.#items(body[Symbol.asyncIterator]()),
      close: () => {
        this.#over();
        return body.close?.();
      },
    };
  }

  async *#items(items: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
    const expiry = new Promise<AnswerTimeoutError>((resolve) => this.#arm(resolve));
    /** Whether the items are to be told that no more of them are asked for. */
    let isOpen = false;
    try {
      while (this.#hasTime) {
        isOpen = false;
        const next = await Promise.race([items.next(), expiry]);
        if (next instanceof AnswerTimeoutError) {
          isOpen = true;
          yield* this.#pageFor(next);
          return;
        }
        if (next.done === true) return;
        isOpen = true;
        if (next.value.length > 0) this.#begin();
        yield next.value;
      }
      // No more is timed, so nothing has to stand between.
      isOpen = false;
      yield* { [Symbol.asyncIterator]: () => items };
    } finally {
      if (isOpen) await this.#end(items);
    }
  }

  /** @throws {AnswerTimeoutError} what has begun can only be cut */
  #pageFor(error: AnswerTimeoutError): Uint8Array[] {
    if (this.#hasBegun) throw error;
    return this.#answerLate(error);
  }

  async #end(items: AsyncIterator<Uint8Array>): Promise<void> {
    const ending = items.return?.();
    if (this.#expired === undefined) await ending;
    // What is late may be stuck for ever.
    else void ending?.catch(() => this.#expired);
  }

  /** Whether the answer still has to keep a time. */
  get #hasTime(): boolean {
    return !this.#hasBegun || this.#limits.cutsStreams;
  }

  #begin(): void {
    this.#hasBegun = true;
    if (!this.#hasTime) this.#disarm();
  }

  #arm(onExpired: (error: AnswerTimeoutError) => void): void {
    if (this.#expired !== undefined) {
      onExpired(this.#expired);
      return;
    }
    this.#onExpired = onExpired;
    if (this.#timer !== undefined || !this.#hasTime) return;
    const elapsed = performance.now() - this.#startedAt;
    const left = Math.max(0, this.#limits.seconds * 1000 - elapsed);
    this.#timer = setTimeout(() => this.#expire(), left);
  }

  #disarm(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #expire(): void {
    const error = new AnswerTimeoutError(this.#limits);
    this.#expired = error;
    const { REQUEST_METHOD, PATH_INFO, "wsgi.errors": errors } = this.#environ;
    const request = `${REQUEST_METHOD} ${escaped(PATH_INFO.slice(0, MAX_PATH))}`;
    const end = this.#hasBegun ? "its answer is cut off" : `it is answered ${this.#limits.status}`;
    errors.write(`timeout: ${request}: ${error.message}; ${end}\n`);
    // First: what the application does when it is told to stop is no answer any more.
    this.#onExpired?.(error);
    this.#controller.abort(error);
  }

  #answerLate(error: AnswerTimeoutError): Uint8Array[] {
    const response = new HttpError(this.#limits.status).response();
    const body = respond(response, this.#environ, (status, headers) =>
      // The application may have started its answer already.
      this.#startResponse(status, headers, error),
    );
    return isWholeBody(body) ? body : [];
  }

  /** Nothing of this request is waited for any more. */
  #over(): void {
    this.#disarm();
    if (this.#tookOver) return;
    this.#environ["portico.closed"]?.removeEventListener("abort", this.#relay);
  }
}

async function closed(body: ResponseBody): Promise<void> {
  await body.close?.();
}
