/** Makes answers and reads back what becomes of them on the wire. */
import type { Random } from "./random.ts";
import { type Answer, makeAnswer } from "./response-grammar.ts";
import { answersAreReadBack } from "./response-oracle.ts";

export interface FoundAnswerFailure {
  readonly answers: readonly Answer[];
  readonly error: unknown;
}

const MOST_ANSWERS = 3;

export class ResponseCampaign {
  readonly #random: Random;
  readonly #fates = new Map<string, number>();
  #judged = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  /** How many connections were judged. */
  get judged(): number {
    return this.#judged;
  }

  get fates(): readonly (readonly [fate: string, count: number])[] {
    return [...this.#fates].sort(([, one], [, other]) => other - one);
  }

  /** Judges the answers of one more connection. */
  next(): FoundAnswerFailure | undefined {
    const random = this.#random;
    const answers = Array.from({ length: 1 + random.below(MOST_ANSWERS) }, () =>
      makeAnswer(random),
    );
    this.#judged += 1;
    try {
      for (const fate of answersAreReadBack(answers)) {
        this.#fates.set(fate, (this.#fates.get(fate) ?? 0) + 1);
      }
      return undefined;
    } catch (error) {
      return { answers, error };
    }
  }
}
