/** The answers that came in one read from a worker: how many, how old, and what they took. */
import type { Waiting } from "./fair-queue.ts";

/** An answered request, as far as it matters here; times are milliseconds on one clock. */
interface Answered extends Waiting {
  readonly sentAt: number;
}

export class AnsweredBatch {
  count = 0;
  /** When the oldest request of the batch was sent. */
  oldestSentAt = 0;
  /** When the batch before was seen: from there on the worker had time for this one. */
  #seenAt = 0;

  /** The first of a batch is said to have taken the time of all: on average that is right. */
  add({ sentAt, lane, expected }: Answered): void {
    if (this.count === 0 || sentAt < this.oldestSentAt) this.oldestSentAt = sentAt;
    this.count += 1;
    if (lane === undefined) return;
    if (this.count > 1) lane.settle(expected, 0);
    else lane.settle(expected, performance.now() - Math.max(sentAt, this.#seenAt));
  }

  end(now: number): void {
    this.count = 0;
    this.#seenAt = now;
  }
}
