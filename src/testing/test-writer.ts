/** The ResponseWriter of a client without a socket: framed as a server frames it, without the framing's bytes. */
import { ClientDisconnected, type ResponseWriter } from "../gateway/response-writer.ts";
import { type BodyWriter, NO_MORE_DATA, unframedBody } from "../http/body-writer.ts";
import type { RequestHead, ResponseHead } from "../http/events.ts";

/** Where an answer goes. */
export interface AnswerSink {
  begin(head: ResponseHead): void;
  /** Bytes of its own. A promise: the next are welcome when it resolves. */
  take(bytes: Uint8Array): Promise<void> | undefined;
}

export class TestWriter implements ResponseWriter {
  readonly holdsBytes = false;
  readonly #request: Pick<RequestHead, "method">;
  readonly #closed: AbortSignal;
  readonly #sink: AnswerSink;
  #body: BodyWriter = NO_MORE_DATA;
  hasBegun = false;

  /** `closed` aborts when the client has gone. */
  constructor(request: Pick<RequestHead, "method">, closed: AbortSignal, sink: AnswerSink) {
    this.#request = request;
    this.#closed = closed;
    this.#sink = sink;
  }

  get takesMoreData(): boolean {
    return this.#body.takesMoreData;
  }

  async respond(head: ResponseHead, chunks: readonly Uint8Array[]): Promise<void> {
    this.writeHead(head);
    for (const chunk of chunks) await this.write(chunk);
    this.end();
  }

  writeHead(head: ResponseHead): void {
    this.#mustBeOpen();
    this.hasBegun = true;
    this.#body = unframedBody(head, this.#request.method);
    this.#sink.begin(head);
  }

  write(chunk: Uint8Array): Promise<void> | undefined {
    this.#mustBeOpen();
    const [bytes] = this.#body.write(chunk);
    // A copy: the application may use its bytes again.
    return bytes === undefined ? undefined : this.#sink.take(Buffer.from(bytes));
  }

  end(): void {
    this.#mustBeOpen();
    this.#body.end();
  }

  #mustBeOpen(): void {
    if (this.#closed.aborted) throw new ClientDisconnected();
  }
}
