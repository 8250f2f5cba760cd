/** The body of an `IncomingMessage` as `wsgi.input`. */
import type { IncomingMessage } from "node:http";
import { BodyStream, EMPTY_INPUT } from "../gateway/input-stream.ts";
import { ClientDisconnected } from "../gateway/response-writer.ts";
import type { InputStream } from "../wsgi/types.ts";
import { BodyTakenError } from "./body-taken.ts";

export class NodeInput {
  readonly #request: IncomingMessage;
  readonly #stream: BodyStream | undefined;
  #isListening = false;

  constructor(request: IncomingMessage) {
    this.#request = request;
    if (!mayHaveBody(request)) return;
    this.#stream = new BodyStream(() => this.#readOn());
    if (request.readableDidRead) this.#stream.fail(new BodyTakenError());
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
    const request = this.#request;
    const stream = this.#stream;
    if (stream === undefined || request.readableDidRead !== this.#isListening) return;
    if (!this.#isListening) {
      this.#isListening = true;
      request.on("data", (chunk: Buffer) => {
        stream.push(chunk);
        if (stream.isFull) request.pause();
      });
      request.once("end", () => stream.end());
      request.once("close", () => stream.fail(new ClientDisconnected()));
    }
    request.resume();
  }
}

/** RFC 9112 §6.3. */
function mayHaveBody({ headers }: IncomingMessage): boolean {
  const { "content-length": length = "0", "transfer-encoding": coding } = headers;
  return length !== "0" || coding !== undefined;
}
