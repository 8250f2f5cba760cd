/** Why workers end, as it is counted; the log says it in words. */

/** Why a worker is no longer wanted, or what it was found to have died of. */
export type Cause =
  /** By itself, with an exit status. */
  | "exit"
  | "signal"
  /** The kernel had no memory left for it. */
  | "oom"
  /** It gave no sign of life, or a request in it took too long. */
  | "timeout"
  /** By its parent, for what it did. */
  | "killed"
  /** It was never ready. */
  | "boot"
  | "max-requests"
  | "max-age"
  | "max-rss"
  | "reload"
  /** One too many. */
  | "resize"
  /** Somebody else has told it to end. */
  | "told";

/** Why a worker takes no more requests, or how it died. */
export interface Dismissal {
  readonly cause: Cause;
  /** In words for the log. */
  readonly why: string;
}

const CAUSES: readonly Cause[] = [
  ...(["exit", "signal", "oom", "timeout", "killed", "boot"] as const),
  ...(["max-requests", "max-age", "max-rss", "reload", "resize", "told"] as const),
];

export class Endings {
  /** Each cause is there from the beginning: who watches for the first one sees the change. */
  readonly counts: Record<Cause, number>;

  constructor() {
    // Object.fromEntries forgets the keys' type; these are all there are.
    this.counts = Object.fromEntries(CAUSES.map((cause) => [cause, 0])) as Record<Cause, number>;
  }

  count(cause: Cause): void {
    this.counts[cause] += 1;
  }
}
