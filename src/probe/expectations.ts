/**
 * What a server was started with, as far as its judges cannot see it from outside.
 *
 * What is not said is not judged: the rows that need it are not applicable then.
 */
export interface Expectations {
  /** Where the application is mounted beside the root: `/mounted`. */
  readonly mount?: string;
  /** What the deployer put into environ. */
  readonly environ?: Readonly<Record<string, string>>;
  /** Threads of each process that run the application. */
  readonly threads?: number;
  /** Processes that run the application. */
  readonly processes?: number;
  /** What the server has written to its error log so far. */
  readonly log?: () => string | Promise<string>;
}
