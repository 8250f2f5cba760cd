/** The body of an `IncomingMessage` as `wsgi.input`. */
import type { IncomingMessage } from "node:http";
import { BodyStream, EMPTY_INPUT } from "../gateway/input-stream.ts";
import { ClientDisconnected } from "../gateway/response-writer.ts";
import type { InputStream } from "../wsgi/types.ts";
import { BodyTakenError } from "./body-taken.ts";
import { http2StreamOf } from "./http2-stream.ts";

export class NodeInput {
  readonly #request: IncomingMessage;
  readonly #stream: BodyStream | undefined;
  #isListening = false;

  constructor(request: IncomingMessage) {
    this.#request = request;
    if (mayHaveBody(request)) this.#stream = new BodyStream(() => this.#readOn());
  }

  /** Whether there is a body of which nobody has said how long it is. */
  get hasUnknownLength(): boolean {
    return this.#stream !== undefined && this.#request.headers["content-length"] === undefined;
  }

  get stream(): InputStream {
    return this.#stream ?? EMPTY_INPUT;
  }

  /** What was not read is of no interest; it is read all the same, so that the connection can go on. */
  release(): void {
    this.#stream?.discard();
    if (this.#isListening) this.#request.resume();
  }

  #readOn(): void {
    if (!this.#isListening) this.#listen();
    if (this.#isListening) this.#request.resume();
  }

  #listen(): void {
    const request = this.#request;
    const stream = this.#stream;
    if (stream === undefined) return;
    if (request.readableDidRead) {
      stream.fail(new BodyTakenError());
      return;
    }
    if (request.destroyed) {
      stream.fail(new ClientDisconnected());
      return;
    }
    this.#isListening = true;
    request.on("data", (chunk: Buffer) => {
      stream.push(chunk);
      if (stream.isFull) request.pause();
    });
    request.once("end", () => stream.end());
    request.once("close", () => stream.fail(new ClientDisconnected()));
  }
}

/** RFC 9112 §6.3, and RFC 9113 §8.1: in HTTP/2 there is one unless the head ends the stream. */
function mayHaveBody(request: IncomingMessage): boolean {
  const { "content-length": length = "0", "transfer-encoding": coding } = request.headers;
  if (length !== "0" || coding !== undefined) return true;
  return http2StreamOf(request)?.endAfterHeaders === false;
}
