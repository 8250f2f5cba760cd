/** The body of a `Request` as `wsgi.input`. */
import { BodyStream, EMPTY_INPUT } from "../gateway/input-stream.ts";
import type { InputStream } from "../wsgi/types.ts";
import { asError } from "./as-error.ts";
import { BodyTakenError } from "./body-taken.ts";

export class FetchInput {
  readonly #body: ReadableStream<Uint8Array> | undefined;
  readonly #stream: BodyStream | undefined;
  #reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  #isReading = false;
  #hasEnded = false;

  constructor(request: Request) {
    // Neither can have one, and to ask may cost the server the making of a stream.
    const body = request.method === "GET" || request.method === "HEAD" ? null : request.body;
    if (body === null) return;
    this.#body = body;
    this.#stream = new BodyStream(() => this.#read());
    if (request.bodyUsed) this.fail(new BodyTakenError());
  }

  get hasBody(): boolean {
    return this.#body !== undefined;
  }

  get stream(): InputStream {
    return this.#stream ?? EMPTY_INPUT;
  }

  /** What was not read is of no interest. */
  release(): void {
    this.#stream?.discard();
    this.#hasEnded = true;
    // Not cancelled: some servers would end the connection, and the answer with it.
    this.#reader?.releaseLock();
  }

  #read(): void {
    if (this.#isReading || this.#hasEnded || this.#body === undefined) return;
    this.#isReading = true;
    try {
      this.#reader ??= this.#body.getReader();
    } catch (error) {
      this.fail(new BodyTakenError({ cause: error }));
      return;
    }
    this.#reader.read().then(
      ({ value }) => this.#take(value),
      (error: unknown) => this.fail(asError(error)),
    );
  }

  #take(chunk: Uint8Array | undefined): void {
    this.#isReading = false;
    if (chunk === undefined) {
      this.#hasEnded = true;
      this.#stream?.end();
      return;
    }
    this.#stream?.push(chunk);
    if (this.#stream?.isAwaited === true) this.#read();
  }

  /** Every read after what has come rejects with it. */
  fail(error: Error): void {
    this.#hasEnded = true;
    this.#stream?.fail(error);
  }
}
