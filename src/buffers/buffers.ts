/**
 * How many bytes of bodies this process may keep, in memory and on the disk.
 *
 * Memory and disk are the process's, not a server's: two servers in one process share one bound.
 */
import { Budget } from "./budget.ts";

/** In bytes. */
export interface BufferLimits {
  /** What one answer may keep in memory while it waits; a request's body {@link BODY_SHARE} times as much. */
  readonly each: number;
  /** All of them together in memory; beyond it they go to the disk at once. */
  readonly memory: number;
  /** All of them together on the disk; beyond it bodies are refused, and answers wait. */
  readonly disk: number;
}

export const DEFAULT_BUFFER_LIMITS: BufferLimits = {
  each: 262_144,
  memory: 128 * 1024 ** 2,
  disk: 4 * 1024 ** 3,
};

/** A body is let go as soon as it is whole and has a worker, an answer when its client pleases. */
const BODY_SHARE = 4;

class Buffers {
  each: number = DEFAULT_BUFFER_LIMITS.each;
  readonly memory: Budget = new Budget(DEFAULT_BUFFER_LIMITS.memory);
  readonly disk: Budget = new Budget(DEFAULT_BUFFER_LIMITS.disk);
  /** What one request's body may keep in memory. */
  get eachBody(): number {
    return BODY_SHARE * this.each;
  }

  /** Temporary files that are open in this process. */
  openFiles = 0;
}

export const buffers: Buffers = new Buffers();

/** Those not given stay as they are. */
export function setBufferLimits(limits: Partial<BufferLimits>): void {
  buffers.each = limits.each ?? buffers.each;
  buffers.memory.resize(limits.memory ?? buffers.memory.limit);
  buffers.disk.resize(limits.disk ?? buffers.disk.limit);
}
