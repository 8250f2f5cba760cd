/** When a worker is replaced though nothing is wrong with it. */

/** As operators say it; 0, and what is not given, is no limit. */
export interface RecyclingOptions {
  /** Requests after which a worker is replaced. */
  readonly maxRequests?: number;
  /** Up to so many more, another number for each worker, so that they do not all come to it at once. */
  readonly maxRequestsJitter?: number;
  /** Seconds since it was ready after which a worker is replaced. */
  readonly maxWorkerAge?: number;
  /** Bytes of resident memory at which a worker is replaced; on Linux alone. */
  readonly maxRss?: number;
}

/** The same as a worker group takes it: Infinity for a limit that there is not, times in milliseconds. */
export type Recycling = Required<RecyclingOptions>;

export function recyclingOf(options: RecyclingOptions): Recycling {
  const { maxRequests = 0, maxRequestsJitter = 0, maxWorkerAge = 0, maxRss = 0 } = options;
  return {
    maxRequests: maxRequests || Number.POSITIVE_INFINITY,
    maxRequestsJitter,
    maxWorkerAge: maxWorkerAge * 1000 || Number.POSITIVE_INFINITY,
    maxRss: maxRss || Number.POSITIVE_INFINITY,
  };
}

/** One worker's limit; `chance` is from 0 up to 1. */
export function requestLimit(
  { maxRequests, maxRequestsJitter }: Recycling,
  chance: number,
): number {
  return maxRequests + Math.floor(chance * (maxRequestsJitter + 1));
}
