/** What operators are told of a server, and may ask of it: the shapes of docs/control.md. */
import type { LastError } from "../log/last-error.ts";
import type { ReloadOutcome } from "../processes/generations.ts";
import type { EndingOfWorker, GroupStatus } from "../processes/group-status.ts";

export type ServerStage = "starting" | "serving" | "stopping";

export interface LastReload {
  /** When it ended: ISO 8601, in UTC. */
  readonly at: string;
  readonly outcome: "reloaded" | "failed";
  /** Null where it went well. */
  readonly why: string | null;
}

/** Times are seconds. */
export interface Traffic {
  /** Since the start. */
  readonly answered: number;
  /** Those of them whose status was 5xx. */
  readonly serverErrors: number;
  /** Requests that have begun and not ended. */
  readonly inFlight: number;
  /** Requests that wait for a worker. */
  readonly queued: number;
  /** Connections of clients by state. */
  readonly connections: Readonly<Record<string, number>>;
  /** The last ten seconds, minute and five minutes, where the server is as old. */
  readonly recent: readonly RecentTraffic[];
}

export interface RecentTraffic {
  /** How long that was. */
  readonly seconds: number;
  readonly answered: number;
  readonly perSecond: number;
  /** What half, nine in ten and ninety-nine in a hundred requests took at most. */
  readonly durations: PercentilesShown;
  /** The same of the time that they waited for a worker. */
  readonly queueTimes: PercentilesShown;
}

/** Null where there was no request. */
export interface PercentilesShown {
  readonly p50: number | null;
  readonly p90: number | null;
  readonly p99: number | null;
}

export interface ServerStatus {
  readonly pid: number;
  /** Portico's. */
  readonly version: string;
  readonly application: string;
  /** Where the application is. */
  readonly directory: string;
  readonly addresses: readonly string[];
  readonly stage: ServerStage;
  /** Seconds since this process started. */
  readonly uptime: number;
  readonly lastReload: LastReload | null;
  /** Of the error log of this process. */
  readonly lastError: LastError | null;
  readonly traffic: Traffic;
  /** Pids of server workers that do not answer now; what is said of them is what they said last. */
  readonly silent: readonly number[];
  readonly group: GroupStatus;
}

/** A setting as `--print-config` shows it. */
export interface ShownSetting {
  readonly name: string;
  readonly value: string;
  /** Where the value comes from. */
  readonly source: string;
}

export interface Controlled {
  readonly stage: ServerStage;
  status(): Promise<ServerStatus>;
  group(): Promise<GroupStatus>;
  readonly config: readonly ShownSetting[];
  reload(): Promise<ReloadOutcome>;
  stop(isHurried: boolean): void;
  /** So many workers more, or fewer; returns how many there are to be. */
  resize(by: number): number;
  /** False where none of its workers has this pid. */
  endWorker(pid: number, how: EndingOfWorker, why: string): boolean;
  reopenLogs(): void;
}
