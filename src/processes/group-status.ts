/** How a set of workers fares, as plain data: it crosses between processes, and to operators as JSON. */
import type { LastError } from "../log/last-error.ts";
import type { Stage } from "./plan.ts";

export interface WorkerStatus {
  /** Of a worker that is a thread, the thread's number. */
  readonly pid: number;
  readonly stage: Stage;
  /** Seconds since it was ready; null where it has yet to be. */
  readonly age: number | null;
  readonly generation: number;
  /** Answered so far. */
  readonly requests: number;
  /** Those it has now. */
  readonly busy: number;
  /** Resident bytes; 0 where the system does not say. */
  readonly rss: number;
  /** Of this worker; until it has one, how the one ended whose place it took. */
  readonly lastError: LastError | null;
  /** Those under it: Python workers of a server worker. */
  readonly workers: readonly WorkerStatus[];
}

export interface GroupStatus {
  /** How many there are to be. */
  readonly wanted: number;
  /** Raised by each reload; one that fails leaves it as it was. */
  readonly generation: number;
  readonly isReloading: boolean;
  readonly workers: readonly WorkerStatus[];
}

/** `replace`: when its successor is ready, it finishes what is open and ends. `kill`: at once. */
export type EndingOfWorker = "replace" | "kill";
