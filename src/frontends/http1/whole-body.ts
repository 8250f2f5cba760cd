/** A large body that is there as a whole, on its way to a client at that client's pace. */
import { ClientQueue, type ClientQueueEvents } from "../../buffers/client-queue.ts";
import type { BuffersFullError } from "../../buffers/errors.ts";

export interface BodySink {
  write(chunk: Uint8Array): Promise<void> | undefined;
  end(): void;
  /** Whoever waits in `write` waits no longer: it rejects. */
  abandon(): void;
}

export class WholeBody implements ClientQueueEvents {
  readonly #sink: BodySink;
  readonly #queue: ClientQueue = new ClientQueue(this);
  #loss: BuffersFullError | undefined;

  /** The chunks live in its queue alone, so that they are let go when the disk has them. */
  constructor(sink: BodySink, chunks: readonly Uint8Array[]) {
    this.#sink = sink;
    for (const chunk of chunks) this.#queue.push(chunk);
  }

  /** @throws {BuffersFullError} the rest was given up */
  async send(): Promise<void> {
    try {
      for (let next = this.#queue.take(); next !== undefined; next = this.#queue.take()) {
        const ready = this.#sink.write(next instanceof Promise ? await next : next);
        if (ready !== undefined) await ready;
      }
      if (this.#loss === undefined) this.#sink.end();
    } catch (error) {
      throw this.#loss ?? error;
    } finally {
      await this.#queue.close();
    }
    if (this.#loss !== undefined) throw this.#loss;
  }

  /** It has all that it will get, so nobody waits for room. */
  freed(): void {}

  givenUp(error: BuffersFullError): void {
    this.#loss = error;
    this.#sink.abandon();
  }
}
