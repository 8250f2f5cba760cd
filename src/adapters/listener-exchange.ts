/** One request in the hands of a listener of node:http, and its answer as that of an application. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { ClientDisconnected } from "../gateway/response-writer.ts";
import { ApplicationError } from "../gateway/run-application.ts";
import { headerValue } from "../wsgi/header-list.ts";
import type { Environ, ResponseBody, StartResponse } from "../wsgi/types.ts";
import { asError } from "./as-error.ts";
import { report } from "./foreign-environ.ts";
import type { WrittenHead } from "./head-text.ts";
import { abortedError, listenerRequest } from "./listener-request.ts";
import { listenerResponse } from "./listener-response.ts";
import { ListenerSocket, type SocketEvents } from "./listener-socket.ts";

type Listener = (request: IncomingMessage, response: ServerResponse) => unknown;

interface Answering {
  resolve(body: ResponseBody): void;
  reject(error: unknown): void;
}

export class ListenerExchange implements SocketEvents, AsyncIterable<Uint8Array> {
  readonly #environ: Environ;
  readonly #startResponse: StartResponse;
  readonly #closed: AbortSignal | undefined;
  readonly #socket: ListenerSocket;
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  #head: WrittenHead | undefined;
  /** Until there is an answer. */
  #answering: Answering | undefined;
  /** Whoever waits for more of the body. */
  #wake: (() => void) | undefined;
  /** Bytes that Content-Length has promised and that nobody has taken. */
  #left = Number.POSITIVE_INFINITY;
  #state: "open" | "unread" | "finished" | "failed" = "open";
  #failure: Error | undefined;

  constructor(environ: Environ, startResponse: StartResponse) {
    this.#environ = environ;
    this.#startResponse = startResponse;
    this.#closed = environ["portico.closed"];
    this.#socket = new ListenerSocket(environ, this);
    this.#request = listenerRequest(environ, this.#socket);
    this.#response = listenerResponse(this.#request, this.#socket);
    this.#response.once("finish", () => this.#finish());
    if (this.#closed?.aborted === true) this.#leave();
    else this.#closed?.addEventListener("abort", this.#leave);
  }

  run(listener: Listener): ResponseBody | Promise<ResponseBody> {
    try {
      const returned = listener(this.#request, this.#response);
      if (returned instanceof Promise)
        returned.catch((error: unknown) => this.#fail(asError(error)));
    } catch (error) {
      this.#fail(asError(error));
      throw error;
    }
    // The usual answer: at once and whole.
    if (this.#response.writableEnded) return this.#answer();
    return new Promise((resolve, reject) => {
      this.#answering = { resolve, reject };
      if (this.#head !== undefined || this.#failure !== undefined) this.#answerSoon();
    });
  }

  head(head: WrittenHead): void {
    if (head.statusCode >= 200) this.#head = head;
    else if (head.statusCode === 103) this.#environ["wsgi.early_hints"]?.(head.headers);
  }

  written(): void {
    if (this.#state === "unread") this.#socket.takeWritten();
    else if (this.#answering !== undefined) this.#answerSoon();
    else this.#wakeReader();
  }

  destroyed(error: Error | null): void {
    if (this.#state === "finished" || this.#state === "failed") return;
    this.#fail(error ?? new ApplicationError("the listener has destroyed its response"));
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    for (let chunks = await this.#more(); chunks.length > 0; chunks = await this.#more()) {
      for (const chunk of chunks) {
        this.#left -= chunk.length;
        yield chunk;
      }
    }
  }

  close(): void {
    if (this.#state !== "open") return;
    if (this.#left > 0) {
      this.#leave();
      return;
    }
    // All that was promised is sent: a listener that has yet to call `end` has lost no client.
    this.#state = "unread";
    this.#socket.takeWritten();
  }

  /** When the turn is over in which it began: most answers are whole by then. */
  #answerSoon(): void {
    queueMicrotask(() => {
      const answering = this.#answering;
      this.#answering = undefined;
      if (answering === undefined) return;
      try {
        answering.resolve(this.#answer());
      } catch (error) {
        answering.reject(error);
      }
    });
  }

  #answer(): ResponseBody {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#head === undefined) {
      throw new ApplicationError("the listener has ended its response without a final status");
    }
    const { status, headers } = this.#head;
    this.#startResponse(status, headers);
    if (this.#response.writableEnded) return this.#takeAll();
    const length = headerValue(headers, "content-length");
    if (length !== undefined) this.#left = Number(length);
    return this;
  }

  #takeAll(): Uint8Array[] {
    const all = this.#socket.takeWritten();
    for (
      let more = this.#socket.takeWritten();
      more.length > 0;
      more = this.#socket.takeWritten()
    ) {
      all.push(...more);
    }
    return all;
  }

  async #more(): Promise<Uint8Array[]> {
    for (;;) {
      if (this.#failure !== undefined) throw this.#failure;
      const chunks = this.#socket.takeWritten();
      if (chunks.length > 0 || this.#state === "finished") return chunks;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  #finish(): void {
    this.#closed?.removeEventListener("abort", this.#leave);
    if (this.#state === "failed") return;
    this.#state = "finished";
    if (this.#answering !== undefined) this.#answerSoon();
    this.#wakeReader();
    // As node:http does: a request that nobody has read ends, and then both are closed.
    if (this.#request.complete) this.#request.resume();
    // Later: a stream that is destroyed while it tells of its last write makes an error of that.
    process.nextTick(() => this.#socket.destroy());
  }

  /** Nobody waits for the answer any more. */
  readonly #leave = (): void => {
    this.#fail(new ClientDisconnected());
  };

  #fail(error: Error): void {
    if (this.#state === "finished") report(error);
    if (this.#state === "finished" || this.#state === "failed") return;
    this.#state = "failed";
    this.#failure = error;
    this.#closed?.removeEventListener("abort", this.#leave);
    if (this.#answering !== undefined) this.#answerSoon();
    this.#wakeReader();
    this.#request.destroy(abortedError(error));
    this.#socket.destroy();
  }

  #wakeReader(): void {
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }
}
