/** Something that runs applications and so must be started and stopped. */
import type { Cause } from "../processes/endings.ts";
import type { ReloadOutcome } from "../processes/generations.ts";
import type { EndingOfWorker, GroupStatus } from "../processes/group-status.ts";
import type { Stage } from "../processes/plan.ts";
import type { Application } from "../wsgi/types.ts";

export interface Engine {
  readonly name: string;
  /** What runs the application, once it has started: `CPython 3.12.1, /usr/bin/python3 (PATH)`. */
  readonly runtime: string;
  /** Resolves when the application answers; rejects if it cannot be loaded. */
  start(): Promise<Application>;
  /** Lets running requests finish until `deadline` aborts, then ends them. */
  stop(deadline: AbortSignal): Promise<void>;
  /** Loads the application anew, beside the one that runs until the new one is ready. */
  reload(): Promise<ReloadOutcome>;
  /** So many worker processes more, or fewer; returns how many there are to be. */
  resize(by: number): number;
  readonly group: GroupStatus;
  /** Ends one of its workers, because of `why`; false where it has none of this pid. */
  endWorker(pid: number, how: EndingOfWorker, why: string): boolean;
  stats(): EngineStats;
  /** Whether it has started, and no worker of it is left or ready again: requests wait for one. */
  readonly isWithoutWorkers: boolean;
}

export interface EngineStats {
  readonly workers: Readonly<Record<Stage, number>>;
  /** Threads of workers that serve, and how many of them have a request. */
  readonly threads: number;
  readonly busyThreads: number;
  /** Requests that workers have, also such as wait there. */
  readonly busy: number;
  /** Requests that no worker has yet. */
  readonly queued: number;
  readonly served: number;
  readonly endings: Readonly<Record<Cause, number>>;
  readonly pids: readonly number[];
}
