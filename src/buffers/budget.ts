/** An amount that many share: each takes of it, and gives back what it took. */

export class Budget {
  #limit: number;
  #used = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get limit(): number {
    return this.#limit;
  }

  get used(): number {
    return this.#used;
  }

  /** Whether nothing more may be taken. */
  get isSpent(): boolean {
    return this.#used >= this.#limit;
  }

  /** False, and nothing taken, where it would be more than there is. */
  take(size: number): boolean {
    if (this.#used + size > this.#limit) return false;
    this.#used += size;
    return true;
  }

  /** Takes for what is here already and cannot be refused any more, beyond the limit too. */
  charge(size: number): void {
    this.#used += size;
  }

  give(size: number): void {
    this.#used -= size;
  }

  /** What is taken stays taken. */
  resize(limit: number): void {
    this.#limit = limit;
  }
}
