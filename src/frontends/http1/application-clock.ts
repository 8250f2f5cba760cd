/** How long an application keeps its client waiting, told by looks a few times a second. Pure. */

/** A look that comes so long after the one before, in milliseconds, tells that this process stood still. */
const LATE_LOOK = 1_000;

/** Named as that of `AbortSignal.timeout`. */
export const TOO_LONG: DOMException = new DOMException(
  "the application took too long",
  "TimeoutError",
);

/** What a look sees of the request in hand. */
export interface Seen {
  /** Bytes of the answer that the application has given so far. */
  readonly bytesGiven: number;
  /** Whether the client is waited for, or an engine that keeps a deadline of its own. */
  readonly isOthersTurn: boolean;
}

export class ApplicationClock {
  readonly #limit: number;
  #isNew = true;
  #bytesGiven = 0;
  /** Since when it has been the application's turn, without a piece of its answer. */
  #since = 0;
  #lookedAt = 0;
  #wasLate = false;

  /** In milliseconds; Infinity for no limit. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Reads no clock: requests are many, and the first look is soon enough. */
  startRequest(): void {
    this.#isNew = true;
  }

  /** Whether the application has taken too long. */
  look({ bytesGiven, isOthersTurn }: Seen, now: number): boolean {
    // What came while nobody could look has yet to be read; the next look counts in any case.
    this.#wasLate = !this.#isNew && !this.#wasLate && now - this.#lookedAt > LATE_LOOK;
    this.#lookedAt = now;
    if (this.#isNew || isOthersTurn || bytesGiven !== this.#bytesGiven) {
      this.#isNew = false;
      this.#bytesGiven = bytesGiven;
      this.#since = now;
    }
    return !this.#wasLate && now - this.#since >= this.#limit;
  }
}
