/**
 * How many requests may be sent to a worker beyond those its threads can run.
 *
 * Requests sent ahead let a fast application answer many in one go; behind a
 * slow one they would only wait. So the number grows while answers come at
 * once, shrinks when they do not, and is nothing after a stall. All times are
 * milliseconds of one clock. Pure.
 */

/** Answers younger than this let one more request be sent ahead. */
const FAST = 3;
/** Answers older than this halve the number. */
const SLOW = 8;
/** A worker whose oldest request has waited this long has stalled. */
export const STALL = 12;
/** How long nothing is sent ahead after a stall. */
const REST_AFTER_STALL = 500;
const MOST = 64;

export class WriteAhead {
  #allowed = 0;
  #notBefore = 0;

  get allowed(): number {
    return this.#allowed;
  }

  /** Answers came, the oldest of them to a request sent `age` ago. */
  answered(age: number, now: number): void {
    if (age < FAST) {
      if (now >= this.#notBefore && this.#allowed < MOST) this.#allowed += 1;
    } else if (age > SLOW) {
      this.#allowed >>= 1;
    }
  }

  stalled(now: number): void {
    this.#allowed = 0;
    this.#notBefore = now + REST_AFTER_STALL;
  }
}
