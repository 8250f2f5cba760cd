/** Lint for applications of this process, which has a clock and may have a collector of garbage. */
import { type Lint, makeLint } from "../wsgi/lint.ts";

/** Milliseconds in which another program may have had the processor; longer ones are a wait of ours. */
const LONGEST_PREEMPTION = 500;

/**
 * Wraps an application: what it or the server does against the contract is told, and nothing is
 * changed. Without `onFinding` each finding is a line in `wsgi.errors`, once.
 */
export const lint: Lint = makeLint({
  stopwatch,
  ...(globalThis.gc !== undefined && { collect: globalThis.gc }),
});

/**
 * Tells how long this thread was at work. On a busy machine time passes although nothing is done:
 * unless it is much, only what was spent on the processor counts.
 */
function stopwatch(): () => number {
  const startedAt = performance.now();
  const usedBefore = process.cpuUsage();
  return () => {
    const elapsed = performance.now() - startedAt;
    if (elapsed >= LONGEST_PREEMPTION) return elapsed;
    const { user, system } = process.cpuUsage(usedBefore);
    return Math.min(elapsed, (user + system) / 1000);
  };
}
