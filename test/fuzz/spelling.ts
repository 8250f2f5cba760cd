/** Chooses how the parts of a message are written: all well, or some of them badly. */
import type { Random } from "./random.ts";

/** Of so many parts of a message that may have faults, one has. */
const PARTS_FOR_A_FAULT = 12;

export class Spelling {
  readonly #random: Random;
  readonly #mayHaveFaults: boolean;
  #isGood = true;

  constructor(random: Random, faults: "no-faults" | "faults") {
    this.#random = random;
    this.#mayHaveFaults = faults === "faults";
  }

  /** Whether nothing was chosen that the grammar forbids. */
  get isGood(): boolean {
    return this.#isGood;
  }

  /** One of the good ways to write a part, or of the bad ones. */
  of(good: readonly string[], bad: readonly string[]): string {
    return this.#random.pick(this.hasFault() ? bad : good);
  }

  /** Whether a fault is to be made here. */
  hasFault(): boolean {
    if (!this.#mayHaveFaults || !this.#random.oneIn(PARTS_FOR_A_FAULT)) return false;
    this.#isGood = false;
    return true;
  }
}
