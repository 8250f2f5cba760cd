/** Keeps the server workers running. */
import type { Logger } from "../log/logger.ts";
import {
  BootError,
  describeExit,
  type ProcessExit,
  WorkerGroup,
  type WorkerProcess,
} from "../processes/worker-group.ts";
import { ClusterWorker } from "./cluster-worker.ts";

export interface SupervisorOptions {
  readonly workers: number;
  /** In milliseconds; Infinity for no limit. */
  readonly bootTimeout: number;
  readonly timeout: number;
  readonly gracefulTimeout: number;
  readonly log: Logger;
}

/** The workers could not be started; the message is for the operator. */
export class StartError extends Error {
  override readonly name: string = "StartError";
  readonly exitCode: number;

  constructor(message: string, exitCode: number) {
    super(message);
    this.exitCode = exitCode;
  }
}

export class Supervisor {
  readonly #options: SupervisorOptions;
  readonly #group: WorkerGroup;
  readonly #workers = new Set<ClusterWorker>();

  constructor(options: SupervisorOptions) {
    this.#options = options;
    this.#group = new WorkerGroup({
      workers: options.workers,
      // A worker imports, then starts its engines, and has that long for each; it says itself which
      // took too long. This ends one that cannot say it.
      bootTimeout: 2 * options.bootTimeout + 2_000,
      heartbeatTimeout: options.timeout,
      drainTimeout: options.gracefulTimeout + 1_000,
      spawn: () => this.#spawn(),
      onSpawnFailed: (error) => options.log.error(`No worker can be started: ${error}`),
      onLost: (worker, exit) => this.#lost(worker, exit),
    });
  }

  /** Resolves with the addresses when every worker is ready. @throws {StartError} */
  async start(): Promise<readonly string[]> {
    try {
      await this.#group.start();
    } catch (error) {
      if (!(error instanceof BootError)) throw error;
      throw startError(error, this.#options.bootTimeout);
    }
    const [first] = this.#workers;
    return first?.urls ?? [];
  }

  /** Lets requests finish, unless hurried; resolves when no worker is left. */
  stop(isHurried: boolean): Promise<void> {
    if (isHurried) this.#group.killAll("told to hurry");
    return this.#group.stop();
  }

  reopenLogs(): void {
    for (const worker of this.#workers) worker.reopenLogs();
  }

  #spawn(): ClusterWorker {
    const worker = new ClusterWorker();
    this.#workers.add(worker);
    void worker.exited.then(() => this.#workers.delete(worker));
    this.#options.log.info(`Booting worker with pid: ${worker.pid}`);
    return worker;
  }

  #lost(worker: WorkerProcess, exit: ProcessExit): void {
    const { log } = this.#options;
    if (worker instanceof ClusterWorker) {
      if (worker.failure !== undefined) log.error(worker.failure.message);
      if (worker.killed !== undefined) {
        log.critical(`WORKER TIMEOUT (pid:${worker.pid}): killed, because it ${worker.killed}`);
      }
    }
    log.error(`Worker (pid:${worker.pid}) ${describeExit(exit)}; another takes its place`);
  }
}

function startError({ worker, exit }: BootError, bootTimeout: number): StartError {
  if (worker instanceof ClusterWorker) {
    const { failure, isGivenUp } = worker;
    if (failure !== undefined) return new StartError(failure.message, failure.exitCode);
    const limit = `--boot-timeout ${bootTimeout / 1000} s`;
    if (isGivenUp) return new StartError(`a worker was not ready within ${limit}`, 4);
  }
  return new StartError(`a worker ${describeExit(exit)} before it was ready`, 3);
}
