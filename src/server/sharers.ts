/** The other processes that take connections from the same queues, as one of them sees them. */
export interface Sharers {
  /** Tells them how many connections this process has. */
  tell(open: number): void;
  /** Whether one of them should have the next rather than this process, which has so many. */
  shouldHaveNext(open: number): boolean;
  /** This process takes no more. */
  leave(): void;
}
