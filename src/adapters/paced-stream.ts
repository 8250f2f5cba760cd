/** A ReadableStream that is written to at the pace of its reader. */
import { ClientDisconnected } from "../gateway/response-writer.ts";

export class PacedStream {
  readonly readable: ReadableStream<Uint8Array>;
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  #isWanted = false;
  #isCancelled = false;
  #wake: (() => void) | undefined;

  /** `cancelled` is told when the reader wants no more. */
  constructor(cancelled: () => void) {
    this.readable = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#controller = controller;
        },
        pull: () => this.#ask(),
        cancel: () => {
          this.#isCancelled = true;
          this.#ask();
          cancelled();
        },
      },
      // Nothing is made before somebody asks for it.
      { highWaterMark: 0 },
    );
  }

  /**
   * Undefined: more is wanted at once; a promise: it is when that resolves.
   * @throws {ClientDisconnected} the reader has gone, in the promise too
   */
  write(chunk: Uint8Array): Promise<void> | undefined {
    if (this.#isCancelled) throw new ClientDisconnected();
    this.#isWanted = false;
    this.#controller?.enqueue(chunk);
    return this.#isWanted ? undefined : this.#wanted();
  }

  end(): void {
    if (!this.#isCancelled) this.#controller?.close();
  }

  /** Whoever reads finds the error where the rest would be. */
  fail(error: unknown): void {
    if (!this.#isCancelled) this.#controller?.error(error);
  }

  /** The request has gone: who reads all the same finds that, and who waits in `write` too. */
  abandon(): void {
    if (this.#isCancelled) return;
    this.#isCancelled = true;
    this.#controller?.error(new ClientDisconnected());
    this.#ask();
  }

  #ask(): void {
    this.#isWanted = true;
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }

  async #wanted(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    if (this.#isCancelled) throw new ClientDisconnected();
  }
}
