/** How long this thread was at work or waited, without the time in which other programs had the processor. */
import { openSync, readSync } from "node:fs";

/** Milliseconds in which another program may have had the processor; longer ones are a wait of ours. */
const LONGEST_PREEMPTION = 500;

/** Linux counts for each thread, in nanoseconds: time on a processor, and time ready for one without it. */
const SCHEDULER = "/proc/thread-self/schedstat";

/** Opened by the first that measures: who does not lint needs no descriptor for it. */
let opened: { readonly schedule: number | undefined } | undefined;
const line = Buffer.alloc(64);

/** Starts; the function returned tells the milliseconds since then. */
export function stopwatch(): () => number {
  opened ??= { schedule: openSchedule() };
  const { schedule } = opened;
  const startedAt = performance.now();
  if (schedule !== undefined) {
    const queuedBefore = queued(schedule);
    return () => Math.max(0, performance.now() - startedAt - (queued(schedule) - queuedBefore));
  }
  const usedBefore = process.cpuUsage();
  return () => {
    const elapsed = performance.now() - startedAt;
    if (elapsed >= LONGEST_PREEMPTION) return elapsed;
    const { user, system } = process.cpuUsage(usedBefore);
    return Math.min(elapsed, (user + system) / 1000);
  };
}

function openSchedule(): number | undefined {
  try {
    return openSync(SCHEDULER, "r");
  } catch {
    // Not Linux, or a kernel that does not count: the processor's time is the next best.
    return undefined;
  }
}

/** Milliseconds in which this thread was ready to run and did not. */
function queued(descriptor: number): number {
  const size = readSync(descriptor, line, 0, line.length, 0);
  return Number(line.toString("latin1", 0, size).split(" ")[1]) / 1e6;
}
