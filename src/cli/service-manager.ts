/** Tells a service manager such as systemd how the server fares, as sd_notify(3) has it. */
import type { ReloadOutcome } from "../processes/generations.ts";
import { type Address, urlOf } from "../server/addresses.ts";
import { LONGEST_TIMER } from "../server/limits.ts";
import type { Launch } from "./launch.ts";
import type { Assignments } from "./notifier.ts";
import type { Attendant } from "./service.ts";
import type { EnvironmentVariables } from "./setting-sources.ts";

export interface ServiceManagerOptions {
  readonly launch: Launch;
  /** Resolves when the manager has been told, or cannot be. */
  readonly tell: (assignments: Assignments) => Promise<void>;
  /** In seconds, what requests get at the end. */
  readonly gracefulTimeout: number;
  /** A server that is to be the service when this one has ended. */
  readonly successor: () => number | undefined;
}

/** Beyond --graceful-timeout, for workers to end in, in seconds. */
const TIME_TO_END = 5;

export class ServiceManager implements Attendant {
  readonly #options: ServiceManagerOptions;
  #watchdog: NodeJS.Timeout | undefined;
  #status = "";

  constructor(options: ServiceManagerOptions) {
    this.#options = options;
  }

  listening(addresses: readonly Address[]): void {
    this.#status = `Serving at ${addresses.map(urlOf).join(", ")}`;
    this.#tell({ STATUS: "Loading the application" });
  }

  ready(): void {
    const { starter, env } = this.#options.launch;
    // A daemon is not the process that was started. A new server beside an old one is the service only
    // when the old one ends, which says so: whichever of the two ends first, the service goes on.
    const main = starter?.kind === "predecessor" ? undefined : process.pid;
    this.#tell({ READY: 1, ...(main !== undefined && { MAINPID: main }), STATUS: this.#status });
    const interval = watchdogInterval(env, process.pid);
    if (interval === undefined) return;
    this.#watchdog = setInterval(() => this.#tell({ WATCHDOG: 1 }), interval).unref();
  }

  reloading(): void {
    const now = process.hrtime.bigint() / 1000n;
    this.#tell({ RELOADING: 1, MONOTONIC_USEC: String(now), STATUS: "Reloading" });
  }

  reloaded(outcome: ReloadOutcome): void {
    const failed = outcome.kind === "failed" ? `; not reloaded: ${outcome.why}` : "";
    this.#tell({ READY: 1, STATUS: this.#status + failed });
  }

  /** Waited for: the manager must know before the process ends. */
  stopping(): Promise<void> {
    clearInterval(this.#watchdog);
    const { successor, gracefulTimeout, tell } = this.#options;
    const next = successor();
    if (next !== undefined) return tell({ MAINPID: next });
    const longest = (gracefulTimeout + TIME_TO_END) * 1_000_000;
    return tell({ STOPPING: 1, EXTEND_TIMEOUT_USEC: longest, STATUS: "Finishing requests" });
  }

  #tell(assignments: Assignments): void {
    // Not waited for: what cannot be told is in the log.
    void this.#options.tell(assignments);
  }
}

/** Half of what the manager waits for a sign of life, as it recommends, in milliseconds; undefined if it waits for none of this process. */
export function watchdogInterval(env: EnvironmentVariables, pid: number): number | undefined {
  const { WATCHDOG_USEC: microseconds, WATCHDOG_PID: meant } = env;
  if (microseconds === undefined || !/^[1-9]\d*$/.test(microseconds)) return undefined;
  if (meant !== undefined && meant !== String(pid)) return undefined;
  return Math.min(Number(microseconds) / 2000, LONGEST_TIMER);
}
