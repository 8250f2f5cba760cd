/**
 * An answer on its way to a client: in memory while that reads, on the disk while it does not.
 *
 * A client that reads never costs the disk a byte, and one that does not costs little memory.
 */
import { buffers } from "./buffers.ts";
import { ByteQueue } from "./byte-queue.ts";
import { BuffersFullError } from "./errors.ts";
import { enter, leave, type SpooledAnswer } from "./room.ts";

/** A client that has taken nothing for so long, in milliseconds, is not waited for in memory. */
const PATIENCE = 10;

/** The part of the disk that one answer may have: an endless one must leave some to others. */
const SHARE_OF_DISK = 1 / 8;

/** Bytes that are moved at a time: memory is let go in steps of it. */
const STEP_BYTES = 8 * 1024 ** 2;

/** How long a client may take nothing of what has no more room, in milliseconds: it holds a worker. */
const LONGEST_HOLD = 5_000;

/** How long until room on the disk is asked for again, in milliseconds. */
const ASK_AGAIN_AFTER = 500;

export interface ClientQueueEvents {
  /** So many bytes have left the memory: the client has them, or the disk. */
  freed(size: number): void;
  /** It had to leave the disk to others; what was left is lost. */
  givenUp(error: BuffersFullError): void;
}

export class ClientQueue implements SpooledAnswer {
  readonly #events: ClientQueueEvents;
  readonly #queue = new ByteQueue(buffers.memory);
  #timer: NodeJS.Timeout | undefined;
  /** How often the client has taken something. */
  #takes = 0;
  /** At which of them it was found to take nothing more. */
  #stalledAt = -1;
  #isSpilling = false;
  #isSpooled = false;
  #isClosed = false;
  takenAt = 0;

  constructor(events: ClientQueueEvents) {
    this.#events = events;
  }

  /** Bytes that wait. */
  get size(): number {
    return this.#queue.size;
  }

  get diskBytes(): number {
    return this.#queue.diskBytes;
  }

  /** `chunk` must not change afterwards. */
  push(chunk: Uint8Array): void {
    this.#queue.push(chunk);
    if (this.#isTooMuch) this.#watch();
  }

  /** The next chunk: undefined if none waits, a promise if it is on the disk; that may be empty. */
  take(): Uint8Array | Promise<Uint8Array> | undefined {
    this.#takes += 1;
    const chunk = this.#queue.take();
    this.#tellFreed();
    if (this.#isSpooled) {
      this.takenAt = performance.now();
      if (this.#isTooMuch) this.#watch();
    }
    return chunk;
  }

  giveUp(): void {
    const seconds = Math.round((performance.now() - this.takenAt) / 1000);
    void this.close();
    this.#events.givenUp(
      new BuffersFullError(
        `the answer was cut off: its client has read nothing for ${seconds} s, and there is no more ` +
          "room to keep it (see --limit-buffer-disk, and the space in TMPDIR)",
      ),
    );
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    leave(this);
    await this.#queue.close();
  }

  get #isTooMuch(): boolean {
    const { memory } = this.#queue;
    return memory > buffers.each || (memory > 0 && buffers.memory.isSpent);
  }

  /** More waits in memory than should: if the client takes nothing, the disk gets it. */
  #watch(): void {
    if (this.#isSpilling || this.#timer !== undefined || this.#isClosed) return;
    if (this.#stalledAt === this.#takes) void this.#spill();
    else this.#lookAfter(PATIENCE);
  }

  #lookAfter(milliseconds: number): void {
    const takes = this.#takes;
    this.#timer = setTimeout(() => {
      // Timers come before sockets: were this process late itself, the client would look idle.
      setImmediate(() => this.#look(takes));
    }, milliseconds);
  }

  #look(takesBefore: number): void {
    this.#timer = undefined;
    if (this.#isClosed || !this.#isTooMuch) return;
    if (this.#takes === takesBefore) this.#stalledAt = takesBefore;
    this.#watch();
  }

  /** As long as the client takes nothing, what waits goes to the disk, and what comes too. */
  async #spill(): Promise<void> {
    this.#isSpilling = true;
    this.#enterDisk();
    let hasRoom = true;
    while (hasRoom && this.#stalledAt === this.#takes && this.#isTooMuch) {
      const share = Math.floor(buffers.disk.limit * SHARE_OF_DISK) - this.diskBytes;
      // Beyond its share it waits until the client has read some.
      if (share <= 0) break;
      hasRoom = (await this.#queue.spill(Math.min(share, STEP_BYTES))) > 0;
      this.#tellFreed();
    }
    this.#isSpilling = false;
    if (this.#isClosed || !this.#isTooMuch) return;
    if (this.#stalledAt !== this.#takes) this.#watch();
    else if (performance.now() - this.takenAt > LONGEST_HOLD) this.giveUp();
    else this.#lookAfter(ASK_AGAIN_AFTER);
  }

  #enterDisk(): void {
    if (this.#isSpooled) return;
    this.#isSpooled = true;
    this.takenAt = performance.now();
    enter(this);
  }

  #tellFreed(): void {
    const freed = this.#queue.takeFreed();
    if (freed > 0 && !this.#isClosed) this.#events.freed(freed);
  }
}
