/** How fast a client must send a body and read an answer. Pure: the clock is given, in milliseconds. */

/** The bounds on a client's silence, in milliseconds, and on its average, in bytes a second. */
export interface PaceLimits {
  readonly silence: number;
  /** 0 for no such limit. */
  readonly minRate: number;
}

/** A body on its way in: never silent for too long, and on average not too slow. */
export class BodyPace {
  readonly #limits: PaceLimits;
  /** When the body began, moved on by the time in which nobody read it. */
  #since = 0;
  #bytes = 0;
  #pausedAt: number | undefined;
  /** By when more must have come. */
  deadline = 0;

  constructor(limits: PaceLimits) {
    this.#limits = limits;
  }

  start(now: number): void {
    this.#since = now;
    this.#bytes = 0;
    this.#pausedAt = undefined;
    this.deadline = now + this.#limits.silence;
  }

  took(bytes: number, now: number): void {
    this.#bytes += bytes;
    this.#setDeadline(now);
  }

  /** The server stops reading, and with it the clock. */
  pause(now: number): void {
    this.#pausedAt ??= now;
  }

  resume(now: number): void {
    if (this.#pausedAt === undefined) return;
    this.#since += now - this.#pausedAt;
    this.#pausedAt = undefined;
    this.#setDeadline(now);
  }

  #setDeadline(now: number): void {
    const { silence, minRate } = this.#limits;
    const onAverage = minRate === 0 ? now : this.#since + (this.#bytes * 1000) / minRate;
    this.deadline = Math.min(now, onAverage) + silence;
  }
}

/** An answer on its way out, looked at several times while its client may be silent. */
export class AnswerPace {
  readonly #limits: PaceLimits;
  #taken = 0;
  #progressAt = 0;
  /** When some of it began to wait, and how much had been taken then. */
  #waitsSince: number | undefined;
  #takenBefore = 0;

  constructor(limits: PaceLimits) {
    this.#limits = limits;
  }

  /** When the client was last seen to take something, while something waits. */
  get movedAt(): number | undefined {
    return this.#waitsSince === undefined ? undefined : this.#progressAt;
  }

  /** `taken` counts all bytes that the client's system has ever taken, `waits` says that some wait now. */
  note(taken: number, waits: boolean, now: number): void {
    if (!waits || taken !== this.#taken) this.#progressAt = now;
    this.#taken = taken;
    if (!waits) {
      this.#waitsSince = undefined;
    } else if (this.#waitsSince === undefined) {
      this.#waitsSince = now;
      this.#takenBefore = taken;
    }
  }

  /** Whether, as noted, the client is silent for too long or, of what waits all the time, takes too little. */
  isTooSlow(now: number): boolean {
    if (this.#waitsSince === undefined) return false;
    const { silence, minRate } = this.#limits;
    const waited = now - this.#waitsSince;
    const isStingy = this.#taken - this.#takenBefore < (minRate * waited) / 1000;
    return now - this.#progressAt >= silence || (waited >= silence && isStingy);
  }
}
