/** The body of an answer that comes piece by piece, kept within its stream's window. */
import { ClientQueue, type ClientQueueEvents } from "../buffers/client-queue.ts";
import type { BuffersFullError } from "../buffers/errors.ts";

/** The worker that a stream leads to. */
export interface StreamOwner {
  /** Bytes of DATA that a stream may have under way. */
  readonly window: number;
  /** Lets the application send `size` bytes more. */
  credit(streamId: number, size: number): void;
  /** Tells the application that nobody reads on. */
  cancel(streamId: number): void;
}

/** Bytes that have left the memory before the worker is told that there is room again. */
const CREDIT_STEP = 65_536;

export class BridgeBody implements AsyncIterable<Uint8Array>, ClientQueueEvents {
  readonly #owner: StreamOwner;
  readonly #streamId: number;
  readonly #queue: ClientQueue = new ClientQueue(this);
  #hasEnded = false;
  #error: Error | undefined;
  /** Why the rest is lost, until somebody has been told. */
  #loss: BuffersFullError | undefined;
  #rest: (AsyncIterable<Uint8Array> & { close(): Promise<void> }) | undefined;
  /** Bytes that the worker may still send. */
  #allowed: number;
  #uncredited = 0;
  /** Whether a chunk is with the reader, who comes back when the client has taken it. */
  #isTaken = false;
  #wake: (() => void) | undefined;

  constructor(owner: StreamOwner, streamId: number) {
    this.#owner = owner;
    this.#streamId = streamId;
    this.#allowed = owner.window;
  }

  /** Whether it is the client that is waited for. */
  get hasUnread(): boolean {
    return this.#queue.size > 0 || this.#isTaken;
  }

  /** Whether the worker may send so many bytes now. */
  allows(size: number): boolean {
    return size <= this.#allowed;
  }

  push(data: Uint8Array, isLast: boolean): void {
    this.#allowed -= data.length;
    this.#queue.push(data);
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

  /** @throws {BuffersFullError} the rest was given up, and nobody has read so far as to notice */
  async close(): Promise<void> {
    this.#cancel();
    this.#isTaken = false;
    await this.#queue.close();
    await this.#rest?.close();
    this.#throwLoss();
  }

  /** The worker gets what the client, or the disk, has taken. */
  freed(size: number): void {
    this.#uncredited += size;
    if (this.#uncredited < CREDIT_STEP || this.#hasEnded) return;
    this.#owner.credit(this.#streamId, this.#uncredited);
    this.#allowed += this.#uncredited;
    this.#uncredited = 0;
  }

  givenUp(error: BuffersFullError): void {
    this.#loss = error;
    this.#cancel();
    this.#wakeReader();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    for (;;) {
      const chunk = this.#queue.take();
      this.#isTaken = chunk !== undefined;
      if (chunk !== undefined) yield chunk;
      else if (this.#hasEnded) break;
      else await this.#more();
    }
    this.#throwLoss();
    if (this.#error !== undefined) throw this.#error;
    if (this.#rest !== undefined) yield* this.#rest;
  }

  #cancel(): void {
    if (!this.#hasEnded) this.#owner.cancel(this.#streamId);
    this.#hasEnded = true;
  }

  #throwLoss(): void {
    const loss = this.#loss;
    this.#loss = undefined;
    if (loss !== undefined) throw loss;
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
