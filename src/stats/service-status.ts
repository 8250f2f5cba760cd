/** How a service fares: what is told of it to operators. Plain data, all of it. */
import type { Recent } from "./recent.ts";
import type { Present, Totals } from "./server-statistics.ts";
import type { Tally } from "./tally.ts";

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
