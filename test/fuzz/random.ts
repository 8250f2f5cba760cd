/** Chance that can be repeated: the same seed makes the same choices. */
export class Random {
  #a = 0;
  #b: number;
  #c = 0;
  #counter = 1;

  constructor(seed: number) {
    this.#b = seed | 0;
    // The first numbers of seeds that differ in one bit are alike.
    for (let round = 0; round < 12; round += 1) this.#next();
  }

  /** A whole number from 0 to `limit` - 1. */
  below(limit: number): number {
    return Math.floor((this.#next() / 2 ** 32) * limit);
  }

  /** True once in `times`. */
  oneIn(times: number): boolean {
    return this.below(times) === 0;
  }

  /** @throws {RangeError} there is nothing to choose from */
  pick<Item>(items: readonly Item[]): Item {
    const index = this.below(items.length);
    if (index >= items.length) throw new RangeError("nothing to choose from");
    return items[index] as Item; // The index was compared; an item may itself be undefined.
  }

  /** Up to `most` characters of latin-1, any of them. */
  latin1(most: number): string {
    return this.#text(most, 0, 256);
  }

  /** Up to `most` visible characters of ASCII. */
  visible(most: number): string {
    return this.#text(most, 0x21, 94);
  }

  #text(most: number, first: number, kinds: number): string {
    let text = "";
    for (let left = this.below(most + 1); left > 0; left -= 1) {
      text += String.fromCharCode(first + this.below(kinds));
    }
    return text;
  }

  /** sfc32, whose period is long enough for any run (PractRand's documentation). */
  #next(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }
}
