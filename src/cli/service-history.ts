/** What a service's status has of the time that has passed, and of the system. */
import { VERSION } from "../embed/version.ts";
import { residentBytes } from "../processes/resident-memory.ts";
import { RecentRequests } from "../stats/recent.ts";
import type { RequestCounts } from "../stats/request-statistics.ts";
import type { Totals } from "../stats/server-statistics.ts";
import type { ProcessStatus, ServiceStatus } from "../stats/service-status.ts";

export function processesOf(
  role: ProcessStatus["role"],
  pids: readonly number[],
): readonly ProcessStatus[] {
  return pids.map((pid) => ({ role, pid, memory: residentBytes(pid) }));
}

/** How often it is looked at how many requests there have been, in milliseconds. */
const LOOK_EVERY = 1_000;

export class ServiceHistory {
  readonly #startedAt = Date.now();
  readonly #recent = new RecentRequests(performance.now());

  /** Looks at `counts` once a second, for as long as the process lives. */
  constructor(counts: () => RequestCounts) {
    setInterval(() => this.#recent.look(counts(), performance.now()), LOOK_EVERY).unref();
  }

  upTo({ requests }: Totals): Pick<ServiceStatus, "version" | "startedAt" | "recent"> {
    const recent = this.#recent.upTo(requests, performance.now());
    return { version: VERSION, startedAt: this.#startedAt, recent };
  }
}
