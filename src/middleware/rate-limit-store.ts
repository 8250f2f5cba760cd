/** Where rate limits are counted: in this process here, elsewhere by the same interface. */
import { type Decision, decide, type Quota } from "./gcra.ts";

/** Counts one request of a key, at once, and says what becomes of it. */
export interface RateLimitStore {
  take(key: string, quota: Quota): Decision | Promise<Decision>;
}

export interface MemoryStoreOptions {
  /** Keys that are kept; beyond it the one that was asked for longest ago is forgotten. 100,000 if not given. */
  readonly maxKeys?: number;
  /** Milliseconds, of a clock that never goes back; `performance.now` if not given. */
  readonly now?: () => number;
}

/** Counts in the memory of this process: each server worker counts for itself. */
export function memoryStore(options: MemoryStoreOptions = {}): RateLimitStore {
  const { maxKeys = 100_000, now = () => performance.now() } = options;
  /** The least recently asked for stands first. */
  const cells = new Map<string, number>();
  return {
    take(key, quota) {
      const { decision, wholeAt } = decide(cells.get(key), Math.floor(now() * 1000), quota);
      cells.delete(key);
      cells.set(key, wholeAt);
      if (cells.size > maxKeys) forgetFirst(cells);
      return decision;
    },
  };
}

function forgetFirst(cells: Map<string, number>): void {
  for (const key of cells.keys()) {
    cells.delete(key);
    return;
  }
}
