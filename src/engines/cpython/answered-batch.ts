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
  add(answered: Answered): void {
    const { sentAt, lane } = answered;
    if (this.count === 0 || sentAt < this.oldestSentAt) this.oldestSentAt = sentAt;
    this.count += 1;
    if (lane === undefined) return;
    const isFirst = this.count === 1;
    lane.settle(answered, isFirst ? performance.now() - Math.max(sentAt, this.#seenAt) : 0);
  }

  end(now: number): void {
    this.count = 0;
    this.#seenAt = now;
  }
}
