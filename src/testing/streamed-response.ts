/** An answer whose body is read while the application still makes it. */
import type { ResponseHead } from "../http/events.ts";
import { AnswerHead } from "./answer-head.ts";
import type { Call } from "./call.ts";
import { type ServerSentEvent, serverSentEvents } from "./server-sent-events.ts";

export class StreamedResponse
  extends AnswerHead
  implements AsyncIterable<Uint8Array>, AsyncDisposable
{
  readonly #pieces: PieceQueue;
  readonly #call: Call;
  readonly #ended: Promise<void>;

  constructor(head: ResponseHead, pieces: PieceQueue, call: Call, ended: Promise<void>) {
    super(head);
    this.#pieces = pieces;
    this.#call = call;
    this.#ended = ended;
  }

  /**
   * The pieces as the application gives them, one at a time: it is told that there is room for more when one
   * is asked for. Who stops reads on later; who wants no more calls {@link close}.
   * @throws whatever the application throws, and what lint finds
   */
  [Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    return this.#pieces.read();
  }

  /** The events of a `text/event-stream`; it cannot be mixed with reading pieces. */
  events(): AsyncGenerator<ServerSentEvent> {
    return serverSentEvents(this);
  }

  /** The client leaves; resolves when the application has ended its answer, or given it up. */
  async close(): Promise<void> {
    this.#call.leave();
    this.#pieces.giveUp();
    await this.#ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

interface WaitingPiece {
  readonly bytes: Uint8Array;
  readonly taken: () => void;
}

/** Hands pieces over one by one: who gives one waits until it is taken. */
export class PieceQueue {
  readonly #waiting: WaitingPiece[] = [];
  #wake: () => void = () => {};
  #end: { readonly error?: unknown } | undefined;

  give(bytes: Uint8Array): Promise<void> {
    return new Promise((taken) => {
      this.#waiting.push({ bytes, taken });
      this.#wake();
    });
  }

  end(): void {
    this.#end ??= {};
    this.#wake();
  }

  fail(error: unknown): void {
    this.#end ??= { error };
    this.#wake();
  }

  /** Nobody reads any more: who waits finds out by himself. */
  giveUp(): void {
    this.end();
    for (const { taken } of this.#waiting.splice(0)) taken();
  }

  async *read(): AsyncGenerator<Uint8Array> {
    for (;;) {
      const next = this.#waiting.shift();
      if (next !== undefined) {
        next.taken();
        yield next.bytes;
      } else if (this.#end === undefined) {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      } else if ("error" in this.#end) {
        throw this.#end.error;
      } else {
        return;
      }
    }
  }
}
