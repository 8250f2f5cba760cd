/**
 * The generic cell rate algorithm: a limit over a window that slides, kept as one number for each
 * key. A decision takes facts and a time, and touches nothing. Times are whole microseconds, so that
 * nothing is lost by rounding however long a key is in use.
 */

export interface Quota {
  /** Requests that one key may make in a window; all of them may come at once. */
  readonly limit: number;
  /** Seconds in which a used-up limit is whole again. */
  readonly window: number;
}

export interface Decision {
  readonly isAllowed: boolean;
  /** Requests that would be allowed now. */
  readonly remaining: number;
  /** Seconds until one more is allowed; 0 where it is now. */
  readonly retryAfter: number;
  /** Seconds until the whole limit is there again. */
  readonly resetAfter: number;
}

export interface Cell {
  readonly decision: Decision;
  /** To be kept for the key until then: the time at which its limit is whole again. */
  readonly wholeAt: number;
}

/** Requests a second beyond which intervals of whole microseconds would be wrong by more than 1 %. */
export const MOST_PER_SECOND = 10_000;

/** Microseconds in which one more request is allowed. */
export function intervalOf({ limit, window }: Quota): number {
  return Math.floor((window * 1e6) / limit);
}

/** What becomes of a request now, where `wholeAt` was kept of the key's last one. */
export function decide(wholeAt: number | undefined, now: number, quota: Quota): Cell {
  const interval = intervalOf(quota);
  const whole = interval * quota.limit;
  const before = Math.max(wholeAt ?? now, now);
  const isAllowed = before + interval - now <= whole;
  const kept = isAllowed ? before + interval : before;
  const left = whole - (kept - now);
  return {
    wholeAt: kept,
    decision: {
      isAllowed,
      // Less than nothing is left where the limit was larger when the key was last used.
      remaining: Math.max(0, Math.floor(left / interval)),
      retryAfter: Math.max(0, interval - left) / 1e6,
      resetAfter: (kept - now) / 1e6,
    },
  };
}
