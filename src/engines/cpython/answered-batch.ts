/** The answers that came in one read from a worker: how many, how old, and what each of them took. */

/** An answered request, as far as it matters here; times are milliseconds on one clock. */
interface Answered {
  readonly sentAt: number;
  /** Told what the request took of the worker's time, if anybody wants to know. */
  readonly onTook: ((milliseconds: number) => void) | undefined;
}

export class AnsweredBatch {
  count = 0;
  /** When the oldest request of the batch was sent. */
  oldestSentAt = 0;
  /** When the answer before was seen: from there on the worker had time for the next one. */
  #seenAt = 0;

  add({ sentAt, onTook }: Answered): void {
    if (this.count === 0 || sentAt < this.oldestSentAt) this.oldestSentAt = sentAt;
    this.count += 1;
    if (onTook === undefined) return;
    const now = performance.now();
    onTook(now - Math.max(sentAt, this.#seenAt));
    this.#seenAt = now;
  }

  end(now: number): void {
    this.count = 0;
    this.#seenAt = now;
  }
}
