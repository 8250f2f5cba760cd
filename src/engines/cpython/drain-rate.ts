/** How fast waiting requests get to workers, and so when one that is refused may be sent again. Pure. */

/** After so long, in milliseconds, what was seen before counts for a third. */
const MEMORY = 5_000;

/** In less, in milliseconds, it says nothing that no request has gone yet. */
const SHORTEST_LOOK = 1_000;

/** The longest that a client is told to stay away, in seconds: workers may be back sooner. */
const LONGEST = 30;

export class DrainRate {
  /** Undefined until it has been seen. */
  #perSecond: number | undefined;
  #served = 0;
  #notedAt: number | undefined;

  /** So many requests have gone to workers ever; called a few times a second while some wait. */
  note(served: number, now: number): void {
    const elapsed = now - (this.#notedAt ?? now);
    const isUnknown = this.#perSecond === undefined && served === this.#served;
    if (isUnknown && elapsed > 0 && elapsed < SHORTEST_LOOK) return;
    if (elapsed > 0) {
      const latest = ((served - this.#served) * 1000) / elapsed;
      const before = this.#perSecond ?? latest;
      this.#perSecond = before + (latest - before) * (1 - Math.exp(-elapsed / MEMORY));
    }
    this.#served = served;
    this.#notedAt = now;
  }

  /** Nothing waits: what goes to workers now says nothing about what they could take. */
  pause(): void {
    this.#notedAt = undefined;
  }

  /** In how many whole seconds so many will have gone, at least one (RFC 9110 §10.2.3). */
  secondsFor(requests: number): number {
    if (requests === 0 || this.#perSecond === undefined) return 1;
    return Math.min(LONGEST, Math.max(1, Math.ceil(requests / this.#perSecond)));
  }
}
