/**
 * How long to wait before the next worker is spawned, where workers do not last: longer each time.
 * All times are milliseconds of one clock. Pure.
 */

const FIRST_PAUSE = 500;
/** After workers that did not boot: what they import has to be mended first. */
const LONGEST_PAUSE = 30_000;
/** After workers that came up and died: what a request did to them may be over at any moment. */
const LONGEST_PAUSE_AFTER_BOOT = 5_000;
/** A worker that dies sooner than so long after it was ready has died right after boot. */
const LASTS_AFTER = 2_000;

/** Whoever ends a server by telling all of its processes tells a worker first, now and then. */
const MOMENT_AFTER_TOLD = 50;

export class BootPause {
  /** How many did not boot, and how many died right after, since the last that lasted. */
  #unbooted = 0;
  #shortLived = 0;
  #failedAt = Number.NEGATIVE_INFINITY;
  /** No worker is to be spawned before. */
  notBefore = 0;

  /** Counted once for all workers that fail together. */
  failedToBoot(now: number): void {
    this.#failedAt = now;
    if (now < this.notBefore) return;
    this.#unbooted += 1;
    this.notBefore = now + Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (this.#unbooted - 1));
  }

  /** One that had been ready for so long has died. The first that dies early is replaced at once. */
  died(now: number, readyFor: number): void {
    if (readyFor >= LASTS_AFTER) return;
    this.#failedAt = now;
    if (now < this.notBefore) return;
    this.#shortLived += 1;
    if (this.#shortLived === 1) return;
    const pause = FIRST_PAUSE * 2 ** (this.#shortLived - 2);
    this.notBefore = now + Math.min(LONGEST_PAUSE_AFTER_BOOT, pause);
  }

  /** Somebody else has told a worker to end, and may be about to tell all. @returns how long to wait */
  wasTold(now: number): number {
    this.notBefore = Math.max(this.notBefore, now + MOMENT_AFTER_TOLD);
    return Math.ceil(this.notBefore - now);
  }

  /** One has come up: what kept others from it is over. */
  cameUp(): void {
    this.notBefore = 0;
  }

  /** A worker has been ready since then, and is. */
  lives(now: number, readySince: number): void {
    if (readySince > this.#failedAt && now - readySince >= LASTS_AFTER) this.#startOver();
  }

  /** Somebody asks for a worker now. */
  forget(): void {
    this.#startOver();
    this.notBefore = 0;
  }

  #startOver(): void {
    this.#unbooted = 0;
    this.#shortLived = 0;
  }
}
