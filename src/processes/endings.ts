/** Why workers end, as it is counted; the log says it in more words. */

/** Why a worker is no longer wanted, or what it died of. docs/metrics.md is made from it. */
export const CAUSES = {
  exit: "it ended by itself, with an exit status",
  signal: "a signal, from the kernel or from somebody",
  oom: "the kernel had no memory left for it",
  unseen: "nobody saw how: the template it was forked from had ended before (`--preload`)",
  timeout: "it gave no sign of life, or a request in it took longer than `--timeout`",
  killed: "its parent killed it for what it did",
  boot: "it was never ready",
  "max-requests": "`--max-requests`",
  "max-age": "`--max-worker-age`",
  "max-rss": "`--max-rss`",
  reload: "the application was loaded anew",
  resize: "it was one too many",
  told: "somebody else told it to end",
} as const;

export type Cause = keyof typeof CAUSES;

/** Why a worker takes no more requests, or how it died. */
export interface Dismissal {
  readonly cause: Cause;
  /** In words for the log. */
  readonly why: string;
}

export class Endings {
  /** Each cause is there from the beginning: who watches for the first one sees the change. */
  readonly counts: Record<Cause, number>;

  constructor() {
    const names = Object.keys(CAUSES);
    // Object.fromEntries forgets the keys' type; these are all there are.
    this.counts = Object.fromEntries(names.map((name) => [name, 0])) as Record<Cause, number>;
  }

  count(cause: Cause): void {
    this.counts[cause] += 1;
  }
}
