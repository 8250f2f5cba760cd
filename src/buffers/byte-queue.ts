/** Chunks in, chunks out, in order; what waits in memory can be moved to the disk. */
import type { Budget } from "./budget.ts";
import { BuffersFullError } from "./errors.ts";
import { MemoryQueue } from "./memory-queue.ts";
import { Spool } from "./spool.ts";
import { isSystemError } from "./system-error.ts";
import { reportTrouble } from "./trouble.ts";

const NOTHING = new Uint8Array(0);

/** The most that is given out at once: a socket holds it while its client does not read. */
const PIECE_BYTES = 65_536;

/** A piece of more memory than this is copied: in a socket it would keep all of that alive. */
const MAX_KEPT_ALIVE_BYTES = 4 * PIECE_BYTES;

/** One writes and one reads: a chunk is asked for when the one before has been passed on. */
export class ByteQueue {
  readonly #budget: Budget;
  #memory: MemoryQueue;
  /** What is on its way to the disk. */
  #moving: { readonly chunks: MemoryQueue; readonly done: Promise<number> } | undefined;
  #spool: Spool | undefined;
  #isClosed = false;
  /** Bytes that have left the memory since {@link takeFreed}. */
  #freed = 0;
  /** What the reader has of the memory; whoever sends it counts it meanwhile. */
  #lent = 0;

  constructor(budget: Budget) {
    this.#budget = budget;
    this.#memory = new MemoryQueue(budget);
  }

  /** Bytes that wait. */
  get size(): number {
    return this.#memory.size + (this.#moving?.chunks.size ?? 0) + (this.#spool?.unread ?? 0);
  }

  /** Bytes of memory that wait to be read, or to be moved. */
  get memory(): number {
    return this.#memory.memory;
  }

  get diskBytes(): number {
    return this.#spool?.size ?? 0;
  }

  /** `chunk` must not change afterwards. */
  push(chunk: Uint8Array): void {
    if (!this.#isClosed) this.#memory.push(chunk);
  }

  /** The next chunk: undefined if none waits, a promise if it is on the disk; that may be empty. */
  take(): Uint8Array | Promise<Uint8Array> | undefined {
    this.#takeBack();
    if (this.#moving !== undefined || this.#isOnDisk) return this.#takeSpooled();
    return this.#takeFromMemory();
  }

  /** Moves the first `most` bytes in memory to the disk; resolves to how many, 0 without room. */
  spill(most: number = Number.POSITIVE_INFINITY): Promise<number> {
    if (this.#moving !== undefined) return this.#moving.done;
    if (this.#isClosed || this.#memory.size === 0) return Promise.resolve(0);
    const chunks = this.#takeChunks(most);
    const done = this.#move(chunks);
    this.#moving = { chunks, done };
    return done;
  }

  /** Bytes that have left the memory since the last call: read and passed on, or on the disk. */
  takeFreed(): number {
    const freed = this.#freed;
    this.#freed = 0;
    return freed;
  }

  /** Nothing more is read; all is given back. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#takeBack();
    this.#memory.clear();
    await this.#spool?.close();
  }

  get #isOnDisk(): boolean {
    return this.#spool !== undefined && this.#spool.unread > 0;
  }

  #takeChunks(most: number): MemoryQueue {
    const all = this.#memory;
    const chunks = new MemoryQueue(this.#budget);
    if (all.size <= most) {
      this.#memory = chunks;
      return all;
    }
    while (chunks.size < most) chunks.push(all.takePart(most - chunks.size));
    return chunks;
  }

  async #move(chunks: MemoryQueue): Promise<number> {
    const { size } = chunks;
    this.#spool ??= new Spool();
    let isMoved = false;
    try {
      isMoved = await this.#spool.append(chunks.chunks, size);
    } catch (error) {
      // A disk that cannot be written to has no room: what waits goes on waiting in memory.
      if (!(error instanceof BuffersFullError || isSystemError(error))) throw error;
      reportTrouble(error);
    } finally {
      this.#moving = undefined;
      if (isMoved || this.#isClosed) chunks.clear();
      else this.#putBack(chunks);
    }
    if (!isMoved) return 0;
    this.#freed += size;
    return size;
  }

  /** Before what has come meanwhile. */
  #putBack(chunks: MemoryQueue): void {
    const later = this.#memory;
    this.#memory = chunks;
    for (let chunk = later.shift(); chunk !== undefined; chunk = later.shift()) chunks.push(chunk);
  }

  async #takeSpooled(): Promise<Uint8Array> {
    // What is on the disk already was there before what is on its way.
    if (!this.#isOnDisk) await this.#moving?.done;
    if (this.#isClosed) return NOTHING;
    const spool = this.#spool;
    if (spool === undefined || spool.unread === 0) return this.#takeFromMemory() ?? NOTHING;
    try {
      return await spool.read();
    } catch (error) {
      // Closed under the read: nobody misses the bytes.
      if (this.#isClosed) return NOTHING;
      throw error;
    }
  }

  #takeFromMemory(): Uint8Array | undefined {
    if (this.#memory.size === 0) return undefined;
    const piece = this.#memory.takePart(PIECE_BYTES);
    this.#lent = piece.length;
    return piece.buffer.byteLength > MAX_KEPT_ALIVE_BYTES ? Buffer.from(piece) : piece;
  }

  #takeBack(): void {
    this.#freed += this.#lent;
    this.#lent = 0;
  }
}
