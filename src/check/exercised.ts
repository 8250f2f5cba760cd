/** Which rules nothing has put to the test, as far as answers and findings show. */
import type { Finding } from "../wsgi/lint/finding.ts";

/** What the answers have shown. */
export interface Observed {
  readonly statuses: ReadonlySet<number>;
  readonly hasSeenContentLength: boolean;
}

type IsNotExercised = (observed: Observed, findings: readonly Finding[]) => boolean;

/** Lint tells of each use of write(). */
const writesNothing: IsNotExercised = (_, findings) =>
  !findings.some(({ rule }) => rule.startsWith("write-"));

const sendsNoLength: IsNotExercised = ({ hasSeenContentLength }) => !hasSeenContentLength;

const answersNone =
  (...statuses: readonly number[]): IsNotExercised =>
  (observed) =>
    !statuses.some((status) => observed.statuses.has(status));

export const NOT_EXERCISED: Readonly<Record<string, IsNotExercised>> = {
  "write-bytes": writesNothing,
  "write-in-iteration": writesNothing,
  "write-after-end": writesNothing,
  "write-not-awaited": writesNothing,
  "middleware-write": writesNothing,
  "content-length-value": sendsNoLength,
  "content-length-short": sendsNoLength,
  "content-length-long": sendsNoLength,
  "body-for-no-content": answersNone(204, 304),
  "not-modified": answersNone(304),
  "partial-content": answersNone(206),
};
