/** How a service fares: what the control socket, the metrics and statsd tell of it. */
import { VERSION } from "../embed/version.ts";
import { residentBytes } from "../processes/resident-memory.ts";
import { type Recent, RecentRequests } from "../stats/recent.ts";
import type { RequestCounts } from "../stats/request-statistics.ts";
import type { Present, Totals } from "../stats/server-statistics.ts";
import type { Tally } from "../stats/tally.ts";

/** Plain data, all of it. */
export interface ServiceStatus {
  readonly version: string;
  /** As the log has it, with the directory. */
  readonly application: string;
  /** In milliseconds since 1970. */
  readonly startedAt: number;
  /** Since the start; also what server workers have counted that have ended. */
  readonly totals: Totals;
  readonly present: Present;
  /** The last ten seconds, minute and five minutes. */
  readonly recent: readonly Recent[];
  /** Of a TypeScript target. */
  readonly serverWorkers: ServerWorkersStatus | undefined;
  readonly processes: readonly ProcessStatus[];
}

export interface ServerWorkersStatus {
  readonly stages: Tally;
  /** That have ended, by cause. */
  readonly endings: Tally;
  /** Process numbers of those that did not answer within a second; `present` is without them. */
  readonly silent: readonly number[];
}

export interface ProcessStatus {
  readonly role: "supervisor" | "server" | "server worker" | "application worker";
  readonly pid: number;
  /** Resident bytes; 0 where the system does not say. */
  readonly memory: number;
}

export function processesOf(
  role: ProcessStatus["role"],
  pids: readonly number[],
): readonly ProcessStatus[] {
  return pids.map((pid) => ({ role, pid, memory: residentBytes(pid) }));
}

/** How often it is looked at how many requests there have been, in milliseconds. */
const LOOK_EVERY = 1_000;

/** What a status has of the time that has passed. */
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
