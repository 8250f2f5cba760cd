/** What the log says of workers: that they boot, why they are to end, and how they ended. */
import { inOneLine } from "../log/last-error.ts";
import type { Logger } from "../log/logger.ts";
import { type Dismissal, Endings } from "./endings.ts";
import type { OomWatch } from "./oom-watch.ts";
import { describeExit, nameOf, type ProcessExit, type WorkerProcess } from "./worker-process.ts";

/** A worker that has ended. */
export interface Ended {
  readonly process: WorkerProcess;
  readonly exit: ProcessExit;
}

export class WorkerReports {
  readonly #log: Logger;
  readonly #oom: OomWatch;
  /** Those that have ended while the others were to go on. */
  readonly endings: Endings = new Endings();

  constructor(log: Logger, oom: OomWatch) {
    this.#log = log;
    this.#oom = oom;
  }

  boots({ pid, threadId }: WorkerProcess): void {
    if (threadId !== undefined) this.#log.info(`Booting worker with thread: ${threadId}`);
    else if (pid !== undefined) this.#log.info(`Booting worker with pid: ${pid}`);
  }

  cannotSpawn(error: unknown): void {
    this.#log.error(`No worker can be started: ${error}`);
  }

  isToEnd(process: WorkerProcess, why: string): void {
    this.#log.info(`Worker (${nameOf(process)}) takes no more requests: ${why}`);
  }

  hangs(process: WorkerProcess, why: string): void {
    this.#log.critical(`WORKER TIMEOUT (${nameOf(process)}): ${why}`);
  }

  /** It was to end. */
  endedAsTold(ended: Ended, { cause, why }: Dismissal): void {
    if (ended.exit.isUnmade) return;
    this.endings.count(cause);
    const worker = `Worker (${nameOf(ended.process)})`;
    if (endsAsTold(ended, why)) this.#log.info(`${worker} has ended: ${why}`);
    else this.#log.warning(`${worker} ${this.#death(ended).why}; it was to end: ${why}`);
  }

  /**
   * It served, and hung where `isHung`; the next one is spawned after `pause` milliseconds. Returns
   * what became of it.
   */
  lost(ended: Ended, pause: number, isHung: boolean): string {
    const { cause, why } = this.#death(ended);
    this.endings.count(isHung || ended.process.hasStoodStill ? "timeout" : cause);
    const when = pause > 0 ? ` in ${seconds(pause)}` : "";
    const what = `Worker (${nameOf(ended.process)}) ${why}`;
    this.#log.error(`${what}; another takes its place${when}`);
    return what;
  }

  /** It never served; `others` do. Returns what became of it. */
  didNotBoot(ended: Ended, others: number, pause: number): string {
    const what = `Worker (${nameOf(ended.process)}) ${this.#failure(ended)} before it was ready`;
    const next = `${workers(others)} left, another is tried in ${seconds(pause)}`;
    this.#log.error(`${what}; ${next}`);
    return what;
  }

  notReloaded(why: string): void {
    this.#log.warning(`Not reloaded: ${why}`);
  }

  reloads(): void {
    this.#log.info("Reloading: a worker with the code that is there now starts beside the others");
  }

  /** Returns why, in one line. */
  reloadFailed(ended: Ended, others: number): string {
    const { refusal } = ended.process;
    const cause = `a new worker (${nameOf(ended.process)}) ${this.#failure(ended)} before it was ready`;
    this.#log.error(`Reload failed: ${cause}; ${goOn(others)}`);
    return refusal === undefined ? cause : inOneLine(refusal);
  }

  reloadCannotSpawn(others: number): void {
    this.#log.error(`Reload failed: no worker can be started; ${goOn(others)}`);
  }

  reloaded(count: number): void {
    this.#log.info(`Reloaded: ${workers(count)} of the new code`);
  }

  resized(count: number, by: number): void {
    if (by === 0) this.#log.info(`Workers: ${count}, which is the least there can be`);
    else
      this.#log.info(`Workers: ${count} from now on, ${Math.abs(by)} ${by > 0 ? "more" : "fewer"}`);
  }

  /** One that was never ready: logs why, if it could say so, and returns how it ended. */
  #failure(ended: Ended): string {
    this.endings.count("boot");
    const { refusal } = ended.process;
    if (refusal !== undefined) this.#log.error(refusal);
    return this.#death(ended).why;
  }

  /** What is known, and no more. */
  #death({ process, exit }: Ended): Dismissal {
    if (process.killed !== undefined) {
      const isKill = exit.signal === "SIGKILL";
      const why = isKill
        ? `was killed: ${process.killed}`
        : `${describeExit(exit)}, told to end: ${process.killed}`;
      return { cause: "killed", why };
    }
    return this.#ending(exit);
  }

  /** Of a process that nobody here has killed. */
  describe(exit: ProcessExit): string {
    return this.#ending(exit).why;
  }

  #ending(exit: ProcessExit): Dismissal {
    const how = describeExit(exit);
    if (exit.unseen !== undefined) return { cause: "unseen", why: how };
    const oom = exit.signal === "SIGKILL" ? this.#oom.explain() : undefined;
    if (oom !== undefined) return { cause: "oom", why: `${how}: ${oom}` };
    return { cause: exit.signal === null ? "exit" : "signal", why: how };
  }
}

/** Whether it has finished, or had nothing to finish. */
export function endsAsTold({ process, exit }: Ended, why: string): boolean {
  return exit.code === 0 || process.killed === why;
}

function workers(count: number): string {
  return count === 1 ? "1 worker" : `${count} workers`;
}

function goOn(others: number): string {
  if (others === 0) return "no worker is left, and it is tried again";
  return others === 1
    ? "the 1 worker there is goes on with the code it has"
    : `the ${others} workers there are go on with the code they have`;
}

function seconds(milliseconds: number): string {
  return `${Number((milliseconds / 1000).toFixed(1))} s`;
}
