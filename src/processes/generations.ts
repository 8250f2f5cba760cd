/** Which generation of workers is wanted, and who waits for the reload that raised it. Pure. */

/** How a reload went. */
export type ReloadOutcome =
  | { readonly kind: "reloaded" }
  /** The workers that were there go on, with the code they have. */
  | { readonly kind: "failed"; readonly why: string };

export class Generations {
  #wanted = 1;
  /** The newest one of which a worker has come up. */
  #proven = 1;
  #last = 1;
  #waiting: ((outcome: ReloadOutcome) => void)[] = [];

  get wanted(): number {
    return this.#wanted;
  }

  get isReloading(): boolean {
    return this.#waiting.length > 0;
  }

  /** Wants a new one; resolves when it is there, or will not be. Whoever waited before waits for it too. */
  raise(): Promise<ReloadOutcome> {
    this.#last += 1;
    this.#wanted = this.#last;
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }

  cameUp(generation: number): void {
    this.#proven = Math.max(this.#proven, generation);
  }

  /** Whether a worker of this one that does not come up ends the reload, since no other has. */
  endsWith(generation: number): boolean {
    return generation === this.#wanted && generation > this.#proven;
  }

  /** The generation before is wanted again. */
  giveUp(why: string): void {
    this.#wanted = this.#proven;
    this.#settle({ kind: "failed", why });
  }

  /** All workers are of the wanted one. */
  done(): void {
    this.#settle({ kind: "reloaded" });
  }

  #settle(outcome: ReloadOutcome): void {
    for (const resolve of this.#waiting.splice(0)) resolve(outcome);
  }
}
