/** One worker of a group: what the group knows of it, and what it tells others. */
import type { LastError } from "../log/last-error.ts";
import type { Dismissal } from "./endings.ts";
import type { WorkerStatus } from "./group-status.ts";
import type { Stage, WorkerFacts } from "./plan.ts";
import { residentBytes } from "./resident-memory.ts";
import { numberOf, type WorkerProcess } from "./worker-process.ts";

export interface Member {
  readonly id: number;
  readonly generation: number;
  readonly maxRequests: number;
  readonly process: WorkerProcess;
  stage: Stage;
  stageSince: number;
  /** On the group's clock; undefined until it is. */
  readySince: number | undefined;
  peakRss: number;
  replaceFor: string | undefined;
  /** How the worker ended whose place it takes. */
  readonly before: LastError | undefined;
  /** Why it is to end, once it is. */
  dismissal: Dismissal | undefined;
  /** Whether it was killed for giving no sign of life. */
  isHung: boolean;
}

export function enter(member: Member, stage: Stage): void {
  member.stage = stage;
  member.stageSince = performance.now();
  if (stage === "ready") member.readySince = member.stageSince;
}

export function factsOf(member: Member): WorkerFacts {
  const { id, generation, stage, stageSince, maxRequests, peakRss, replaceFor, process } = member;
  const { silentSince, requestsServed, worn } = process;
  return {
    ...{ id, generation, stage, stageSince, maxRequests, peakRss, replaceFor },
    ...{ silentSince, requestsServed, worn },
  };
}

/** None for a worker that could not be made. */
export function statusOf(member: Member, now: number): readonly WorkerStatus[] {
  const { stage, generation, readySince, before, process } = member;
  const { requestsServed, calls, log, workers = [] } = process;
  const pid = numberOf(process);
  if (pid === undefined) return [];
  return [
    {
      ...{ pid, stage },
      age: readySince === undefined ? null : Math.round(now - readySince) / 1000,
      ...{ generation, requests: requestsServed, busy: calls.size, rss: memoryOf(process) },
      lastError: log.lastError ?? before ?? null,
      workers,
    },
  ];
}

/** Bytes; 0 where nobody says. */
export function memoryOf({ pid, memory }: WorkerProcess): number {
  return memory ?? (pid === undefined ? 0 : residentBytes(pid));
}
