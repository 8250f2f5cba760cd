/** When a worker was heard of last, and since when it is silent though it was asked. */

/** Silence after which a sign of life is asked for, in milliseconds. */
const ASK_AFTER = 1_000;

export class LifeSigns {
  #heardAt: number = performance.now();
  /** Infinity where nothing was asked that is not answered. */
  silentSince: number = Number.POSITIVE_INFINITY;

  heard(now: number): void {
    this.#heardAt = now;
    this.silentSince = Number.POSITIVE_INFINITY;
  }

  /** Whether it is to be asked now. */
  asks(now: number): boolean {
    if (this.silentSince < now || now - this.#heardAt < ASK_AFTER) return false;
    this.silentSince = now;
    return true;
  }
}
