/** The body of an answer that comes piece by piece, kept within its stream's window. */

/** The worker that a stream leads to. */
export interface StreamOwner {
  /** Lets the application send `size` bytes more. */
  credit(streamId: number, size: number): void;
  /** Tells the application that nobody reads on. */
  cancel(streamId: number): void;
}

/** Bytes read before the worker is told that there is room again. */
const CREDIT_STEP = 65_536;

export class BridgeBody implements AsyncIterable<Uint8Array> {
  readonly #owner: StreamOwner;
  readonly #streamId: number;
  #chunks: Uint8Array[] = [];
  #hasEnded = false;
  #error: Error | undefined;
  #rest: (AsyncIterable<Uint8Array> & { close(): Promise<void> }) | undefined;
  #uncredited = 0;
  #wake: (() => void) | undefined;

  constructor(owner: StreamOwner, streamId: number) {
    this.#owner = owner;
    this.#streamId = streamId;
  }

  /** Whether it is the client that is waited for. */
  get hasUnread(): boolean {
    return this.#chunks.length > 0;
  }

  push(data: Uint8Array, isLast: boolean): void {
    if (data.length > 0) this.#chunks.push(data);
    if (isLast) this.#hasEnded = true;
    this.#wakeReader();
  }

  /** What follows the chunks so far. */
  continueWith(rest: AsyncIterable<Uint8Array> & { close(): Promise<void> }): void {
    if (this.#hasEnded) {
      // Nobody reads on.
      void rest.close();
      return;
    }
    this.#rest = rest;
    this.#hasEnded = true;
    this.#wakeReader();
  }

  /** What has come is still read; then `error`. */
  fail(error: Error): void {
    if (this.#hasEnded) return;
    this.#error = error;
    this.#hasEnded = true;
    this.#wakeReader();
  }

  async close(): Promise<void> {
    if (!this.#hasEnded) this.#owner.cancel(this.#streamId);
    this.#hasEnded = true;
    this.#chunks = [];
    await this.#rest?.close();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    for (;;) {
      const chunk = this.#chunks.shift();
      if (chunk !== undefined) {
        yield chunk;
        this.#credit(chunk.length);
      } else if (this.#hasEnded) break;
      else await this.#more();
    }
    if (this.#error !== undefined) throw this.#error;
    if (this.#rest !== undefined) yield* this.#rest;
  }

  #credit(size: number): void {
    this.#uncredited += size;
    if (this.#uncredited < CREDIT_STEP || this.#hasEnded) return;
    this.#owner.credit(this.#streamId, this.#uncredited);
    this.#uncredited = 0;
  }

  #more(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  #wakeReader(): void {
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }
}
