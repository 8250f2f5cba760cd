/**
 * Holds the listening sockets, hands each connection to a server worker in turn, and keeps the
 * workers running. It reads nothing of what clients send.
 */
import type { Socket } from "node:net";
import type { Logger } from "../log/logger.ts";
import type { ReloadOutcome } from "../processes/generations.ts";
import { MemoryCgroup } from "../processes/memory-cgroup.ts";
import { type RecyclingOptions, recyclingOf } from "../processes/recycling.ts";
import { BootError, WorkerGroup } from "../processes/worker-group.ts";
import { describeExit } from "../processes/worker-process.ts";
import type { Address } from "../server/addresses.ts";
import { type Listener, listen } from "../server/listeners.ts";
import type { StartFailure } from "./messages.ts";
import { ServerWorkerProcess } from "./server-worker-process.ts";

export interface SupervisorOptions {
  readonly workers: number;
  readonly addresses: readonly Address[];
  readonly backlog: number;
  /** In milliseconds; Infinity for no limit. */
  readonly bootTimeout: number;
  readonly timeout: number;
  readonly gracefulTimeout: number;
  readonly recycling: RecyclingOptions;
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
  readonly #workers = new Set<ServerWorkerProcess>();
  readonly #listeners: Listener[] = [];
  readonly #waiting: Socket[] = [];
  /** Who gets connections. */
  #taker: "workers" | "nobody yet" | ((socket: Socket) => void) = "workers";
  /** Of the worker that failed to start last, since {@link hold} was called. */
  lastFailure: StartFailure | undefined;

  constructor(options: SupervisorOptions) {
    this.#options = options;
    this.#group = new WorkerGroup({
      workers: options.workers,
      // A worker imports, then starts its engines, and has that long for each; it says itself which
      // took too long. This ends one that cannot say it.
      bootTimeout: 2 * options.bootTimeout + 2_000,
      heartbeatTimeout: options.timeout,
      drainTimeout: options.gracefulTimeout + 1_000,
      recycling: recyclingOf(options.recycling),
      oomCounter: MemoryCgroup.find(),
      log: options.log,
      spawn: () => this.#spawn(),
    });
  }

  /**
   * Resolves when every worker is ready; connections that come before wait. `onListening` gets the
   * addresses with their real ports.
   * @throws {ListenError}
   * @throws {StartError}
   */
  async start(onListening: (addresses: readonly Address[]) => void): Promise<void> {
    const { addresses, backlog } = this.#options;
    const accept = (socket: Socket): void => this.#accept(socket);
    for (const address of addresses) {
      this.#listeners.push(await listen(address, backlog, accept, true));
    }
    onListening(this.#listeners.map((listener) => listener.address));
    await this.#startWorkers();
  }

  /** Tries again after {@link start} has failed for the workers' sake. @throws {StartError} */
  async startAgain(): Promise<void> {
    await this.#group.stop();
    await this.#startWorkers();
  }

  async #startWorkers(): Promise<void> {
    try {
      await this.#group.start();
    } catch (error) {
      if (!(error instanceof BootError)) throw error;
      throw startError(error, this.#options.bootTimeout);
    }
  }

  /** Lets requests finish, unless hurried; resolves when no worker is left. */
  stop(isHurried: boolean): Promise<void> {
    // Not waited for: a listener counts its connections as closed when the workers have closed them.
    for (const listener of this.#listeners.splice(0)) void listener.close();
    for (const socket of this.#waiting.splice(0)) socket.destroy();
    if (isHurried) this.#group.killAll("told to hurry");
    return this.#group.stop();
  }

  /** Replaces the server workers, and with them the application. */
  reload(): Promise<ReloadOutcome> {
    return this.#group.reload();
  }

  resize(by: number): number {
    return this.#group.resize(by);
  }

  reopenLogs(): void {
    for (const worker of this.#workers) worker.reopenLogs();
  }

  /** Connections wait from here on, and those that workers have are let go. */
  hold(): void {
    this.#taker = "nobody yet";
    this.lastFailure = undefined;
    for (const worker of this.#workers) worker.letGo();
  }

  /** Who gets connections from here on, and those that wait. */
  giveConnectionsTo(taker: "workers" | ((socket: Socket) => void)): void {
    this.#taker = taker;
    for (const socket of this.#waiting.splice(0)) this.#accept(socket);
  }

  /** To each worker in turn; where none serves, the connection waits for one. */
  #accept(socket: Socket): void {
    if (this.#taker === "workers") this.#handOver(socket);
    else if (this.#taker === "nobody yet") this.#wait(socket);
    else this.#taker(socket);
  }

  #handOver(socket: Socket): void {
    const worker = this.#nextWorker();
    if (worker === undefined) {
      this.#wait(socket);
      return;
    }
    // Last in the set, so that the others come first next time.
    this.#workers.delete(worker);
    this.#workers.add(worker);
    worker.handOver(socket);
  }

  /** The first that serves; one that takes nothing, since it hangs, comes after those that do. */
  #nextWorker(): ServerWorkerProcess | undefined {
    let next: ServerWorkerProcess | undefined;
    for (const worker of this.#workers) {
      if (!worker.isServing) continue;
      if (next === undefined || worker.untaken < next.untaken) next = worker;
      if (next.untaken === 0) break;
    }
    return next;
  }

  #wait(socket: Socket): void {
    socket.once("error", () => socket.destroy());
    this.#waiting.push(socket);
  }

  #spawn(): ServerWorkerProcess {
    const worker = new ServerWorkerProcess((socket) => this.#accept(socket));
    this.#workers.add(worker);
    void worker.exited.then(() => {
      this.#workers.delete(worker);
      this.lastFailure = worker.failure ?? this.lastFailure;
    });
    void worker.ready.then(() => {
      for (const socket of this.#waiting.splice(0)) this.#accept(socket);
    });
    return worker;
  }
}

function startError({ worker, exit }: BootError, bootTimeout: number): StartError {
  if (worker instanceof ServerWorkerProcess) {
    const { failure, killed } = worker;
    if (failure !== undefined) return new StartError(failure.message, failure.exitCode);
    const limit = `--boot-timeout ${bootTimeout / 1000} s`;
    if (killed !== undefined) return new StartError(`a worker was not ready within ${limit}`, 4);
  }
  return new StartError(`a worker ${describeExit(exit)} before it was ready`, 3);
}
