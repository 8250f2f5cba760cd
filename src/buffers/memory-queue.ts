/** Bytes that wait in memory, in order, and count for what they really take. */
import type { Budget } from "./budget.ts";

/** A chunk below this is copied: an object for each of them would weigh more than its bytes. */
const SMALL_BYTES = 4_096;

/** The first block that small chunks are copied to, and the largest. */
const FIRST_BLOCK_BYTES = 4_096;
const LAST_BLOCK_BYTES = 65_536;

/** A view of less than this part of its memory keeps too much alive. */
const WORTH_KEEPING = 1 / 4;

const NOTHING = new Uint8Array(0);

export class MemoryQueue {
  readonly #budget: Budget | undefined;
  #chunks: Uint8Array[] = [];
  /** What each chunk was charged for. */
  #costs: number[] = [];
  #size = 0;
  #memory = 0;
  /** Where small chunks go: the memory of the last chunk, filled up to that chunk's length. */
  #block: Buffer | undefined;
  #blockBytes = FIRST_BLOCK_BYTES;

  /** Charges what it holds to `budget`, if there is one. */
  constructor(budget?: Budget) {
    this.#budget = budget;
  }

  /** Bytes that wait. */
  get size(): number {
    return this.#size;
  }

  /** Bytes of memory that they take. */
  get memory(): number {
    return this.#memory;
  }

  get chunks(): readonly Uint8Array[] {
    return this.#chunks;
  }

  /** `chunk` must not change afterwards. */
  push(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    this.#size += chunk.length;
    // The first one is most often taken before another comes, and is not worth a copy.
    if (this.#chunks.length > 0 && isWasteful(chunk)) {
      this.#copy(chunk);
      return;
    }
    this.#block = undefined;
    this.#chunks.push(chunk);
    this.#costs.push(this.#charge(costOf(chunk)));
  }

  shift(): Uint8Array | undefined {
    const chunk = this.#chunks.shift();
    if (chunk === undefined) return undefined;
    this.#size -= chunk.length;
    this.#charge(-(this.#costs.shift() ?? 0));
    if (this.#chunks.length === 0) this.#forgetBlock();
    return chunk;
  }

  /** The first bytes, at most `size` of them, in one piece. */
  take(size: number): Uint8Array {
    const parts: Uint8Array[] = [];
    for (let missing = size; missing > 0 && this.#size > 0; ) {
      const part = this.takePart(missing);
      parts.push(part);
      missing -= part.length;
    }
    return parts.length === 1 ? (parts[0] ?? NOTHING) : Buffer.concat(parts);
  }

  /** At most `size` of the first bytes, as many as can be had without a copy. */
  takePart(size: number): Uint8Array {
    const chunk = this.shift() ?? NOTHING;
    if (chunk.length <= size) return chunk;
    this.putBack(chunk.subarray(size));
    return chunk.subarray(0, size);
  }

  /** Before all that waits. */
  putBack(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    const kept = keepsTooMuch(chunk) ? copyOf(chunk) : chunk;
    this.#size += kept.length;
    this.#chunks.unshift(kept);
    this.#costs.unshift(this.#charge(costOf(kept)));
  }

  /** All chunks, which no longer count. */
  takeAll(): Uint8Array[] {
    const chunks = this.#chunks;
    this.clear();
    return chunks;
  }

  clear(): void {
    this.#charge(-this.#memory);
    this.#size = 0;
    this.#chunks = [];
    this.#costs = [];
    this.#forgetBlock();
  }

  #copy(chunk: Uint8Array): void {
    for (let at = 0; at < chunk.length; ) {
      let used = this.#chunks.at(-1)?.length ?? 0;
      let block = this.#block;
      if (block === undefined || used === block.length) {
        block = this.#addBlock();
        used = 0;
      }
      const part = chunk.subarray(at, at + block.length - used);
      block.set(part, used);
      this.#chunks[this.#chunks.length - 1] = block.subarray(0, used + part.length);
      at += part.length;
    }
  }

  #addBlock(): Buffer {
    // Of its own memory: one from the pool would keep all of the pool's alive.
    const block = Buffer.allocUnsafeSlow(this.#blockBytes);
    this.#blockBytes = Math.min(2 * this.#blockBytes, LAST_BLOCK_BYTES);
    this.#block = block;
    this.#chunks.push(NOTHING);
    this.#costs.push(this.#charge(block.length));
    return block;
  }

  #forgetBlock(): void {
    this.#block = undefined;
    this.#blockBytes = FIRST_BLOCK_BYTES;
  }

  #charge(cost: number): number {
    this.#memory += cost;
    this.#budget?.charge(cost);
    return cost;
  }
}

function isWasteful(chunk: Uint8Array): boolean {
  return chunk.length < SMALL_BYTES || keepsTooMuch(chunk);
}

function keepsTooMuch(chunk: Uint8Array): boolean {
  return chunk.length < chunk.buffer.byteLength * WORTH_KEEPING;
}

function costOf(chunk: Uint8Array): number {
  return keepsTooMuch(chunk) ? chunk.buffer.byteLength : chunk.length;
}

function copyOf(chunk: Uint8Array): Buffer {
  const copy = Buffer.allocUnsafeSlow(chunk.length);
  copy.set(chunk);
  return copy;
}
