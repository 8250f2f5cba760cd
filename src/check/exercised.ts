/** Which rules nothing has put to the test, as far as answers and findings show. */
import type { Finding } from "../wsgi/lint/finding.ts";
import type { Language } from "../wsgi/lint/rule.ts";

/** What the answers have shown. */
export interface Observed {
  readonly language: Language;
  readonly statuses: ReadonlySet<number>;
  readonly hasSeenContentLength: boolean;
  /** Whether a lint runs inside the application, so that what is around that is judged as middleware. */
  readonly hasInnerLint: boolean;
}

type IsNotExercised = (observed: Observed, findings: readonly Finding[]) => boolean;

/** Lint tells of each use of write(). */
const writesNothing: IsNotExercised = (_, findings) =>
  !findings.some(({ rule }) => rule.startsWith("write-"));

const hasNoInnerLint: IsNotExercised = ({ hasInnerLint }) => !hasInnerLint;

const sendsNoLength: IsNotExercised = ({ hasSeenContentLength }) => !hasSeenContentLength;

const answersNone =
  (...statuses: readonly number[]): IsNotExercised =>
  (observed) =>
    !statuses.some((status) => observed.statuses.has(status));

/** An application that fails in every call has returned nothing that could be judged. */
const returnsNothing: IsNotExercised = ({ statuses }) =>
  [...statuses].every((status) => status === 500);

export const NOT_EXERCISED: Readonly<Record<string, IsNotExercised>> = {
  // In a Python application it is seen without a lint inside, too.
  "middleware-close": (observed) => observed.language === "typescript" && !observed.hasInnerLint,
  "returns-iterable": returnsNothing,
  "returns-no-string": returnsNothing,
  "body-bytes": returnsNothing,
  "len-accurate": returnsNothing,
  "write-bytes": writesNothing,
  "write-in-iteration": writesNothing,
  "write-after-end": writesNothing,
  "write-not-awaited": writesNothing,
  "middleware-blocks": hasNoInnerLint,
  "middleware-write": (...facts) => hasNoInnerLint(...facts) || writesNothing(...facts),
  "middleware-exc-info": hasNoInnerLint,
  "content-length-value": sendsNoLength,
  "content-length-short": sendsNoLength,
  "content-length-long": sendsNoLength,
  "body-for-no-content": answersNone(204, 304),
  "not-modified": answersNone(304),
  "partial-content": answersNone(206),
};
