/** What a server process tells of itself: plain data, that crosses to its supervisor and is summed there. */
import { type RequestCounts, sumRequests } from "./request-statistics.ts";
import { sumTallies, type Tally } from "./tally.ts";

/** What only grows; what a process has counted is kept when it has ended. */
export interface Totals {
  readonly requests: RequestCounts;
  /** That were accepted. */
  readonly connections: number;
  /** Application workers that have ended, by cause. */
  readonly endings: Tally;
}

/** What is so now; it ends with its process. */
export interface Present {
  /** Requests that have begun and not ended. */
  readonly inFlight: number;
  /** By state: idle, reading, answering, closing, waiting. */
  readonly connections: Tally;
  /** Application workers by stage. */
  readonly workers: Tally;
  /** Threads of those that serve, and how many of them run a request. */
  readonly threads: number;
  readonly busyThreads: number;
  /** Requests that wait for one. */
  readonly queued: number;
  /** Of application workers. */
  readonly pids: readonly number[];
}

export interface ServerStatistics {
  readonly totals: Totals;
  readonly present: Present;
}

export function sumTotals(all: readonly Totals[]): Totals {
  return {
    requests: sumRequests(all.map(({ requests }) => requests)),
    connections: sumOf(all.map(({ connections }) => connections)),
    endings: sumTallies(all.map(({ endings }) => endings)),
  };
}

export function sumPresent(all: readonly Present[]): Present {
  return {
    inFlight: sumOf(all.map(({ inFlight }) => inFlight)),
    connections: sumTallies(all.map(({ connections }) => connections)),
    workers: sumTallies(all.map(({ workers }) => workers)),
    threads: sumOf(all.map(({ threads }) => threads)),
    busyThreads: sumOf(all.map(({ busyThreads }) => busyThreads)),
    queued: sumOf(all.map(({ queued }) => queued)),
    pids: all.flatMap(({ pids }) => pids),
  };
}

/** Of a server that has not begun to listen. */
export const NO_STATISTICS: ServerStatistics = {
  totals: sumTotals([]),
  present: sumPresent([]),
};

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0);
}
