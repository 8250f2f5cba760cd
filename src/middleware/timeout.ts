/** An answer of the middleware's own where the application takes too long to begin its. */
import type { Middleware } from "../wsgi/types.ts";
import { OptionJudge } from "./option-error.ts";
import { TimedAnswer } from "./timed-answer.ts";

export interface TimeoutOptions {
  /** From the call of the application to the first byte of its body. */
  readonly seconds: number;
  /** What is answered then; 504 if not given, as the server's own `--timeout` answers. */
  readonly status?: 503 | 504;
  /** Whether an answer that has begun must end in that time, too, or else is cut; if not given, it goes on. */
  readonly cutsStreams?: boolean;
}

/** The longest that a timer of Node.js knows: 24.8 days. */
const MAX_SECONDS = 2_147_483;

/**
 * Answers 504 where a TypeScript application has not begun its answer in time. It is told by
 * `environ["portico.closed"]`, which aborts with a `TimeoutError`; what it does later is dropped, and a body
 * that it still returns is closed. One that holds the event loop cannot be timed from here: see
 * `--timeout`. A Python application has a timeout of its own (`python(target, { timeout })`), which
 * interrupts it, too.
 *
 * @example
 * const application = timeout({ seconds: 5 })(slow);
 *
 * @throws {OptionError} the time is not above 0, or longer than a timer knows
 */
export function timeout(options: TimeoutOptions): Middleware {
  const { seconds, status = 504, cutsStreams = false } = options;
  const judge = new OptionJudge("timeout");
  const isTime = seconds > 0 && seconds <= MAX_SECONDS;
  judge.must(isTime, "seconds", `is ${seconds}, not above 0 and up to ${MAX_SECONDS}`);
  const limits = { seconds, status, cutsStreams };
  return (application) => (environ, startResponse) =>
    new TimedAnswer(environ, startResponse, limits).of(application);
}
