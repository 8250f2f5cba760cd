/** Tells whether a process that was sent SIGKILL was killed for want of memory: as the kernel counts it. */

/** A count that only grows, and the file that holds it. */
export interface OomCounter {
  readonly oomKills: number;
  readonly eventsFile: string;
}

export class OomWatch {
  readonly #counter: OomCounter | undefined;
  /** The count at the last look, and at the one before: a kill may have been seen before its exit. */
  #latest: number;
  #before: number;

  constructor(counter: OomCounter | undefined) {
    this.#counter = counter;
    this.#latest = counter?.oomKills ?? 0;
    this.#before = this.#latest;
  }

  /** To be called from time to time: what is older than two looks explains no later death. */
  look(): void {
    this.#before = this.#latest;
    // Where the file cannot be read now, the count is none.
    this.#latest = Math.max(this.#latest, this.#counter?.oomKills ?? 0);
  }

  /** What the kernel says of a process that has just ended by SIGKILL; each kill explains one. */
  explain(): string | undefined {
    if (this.#counter === undefined) return undefined;
    const now = this.#counter.oomKills;
    if (now <= this.#before) return undefined;
    this.#before += 1;
    this.#latest = Math.max(this.#latest, this.#before);
    const { eventsFile } = this.#counter;
    return `out of memory, as the kernel counts it (oom_kill is ${now} in ${eventsFile}, and was ${this.#before - 1})`;
  }
}
