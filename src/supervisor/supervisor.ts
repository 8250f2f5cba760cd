/**
 * Holds the listening sockets, hands each connection to a server worker in turn, and keeps the
 * workers running. It reads nothing of what clients send.
 */
import type { Socket } from "node:net";
import type { Stall } from "../embed/process-watch.ts";
import { SOFTWARE } from "../embed/version.ts";
import { escaped } from "../log/escapes.ts";
import type { Logger } from "../log/logger.ts";
import type { ReloadOutcome } from "../processes/generations.ts";
import type { EndingOfWorker, GroupStatus } from "../processes/group-status.ts";
import { MemoryCgroup } from "../processes/memory-cgroup.ts";
import { type RecyclingOptions, recyclingOf } from "../processes/recycling.ts";
import { BootError, WorkerGroup } from "../processes/worker-group.ts";
import { describeExit } from "../processes/worker-process.ts";
import type { Address, Binding } from "../server/addresses.ts";
import { type Listener, listen } from "../server/listeners.ts";
import { filesForClients } from "../server/open-files.ts";
import { turnAway } from "../server/turn-away.ts";
import { WaitingConnections } from "../server/waiting-connections.ts";
import type { Totals } from "../stats/server-statistics.ts";
import type { Tally } from "../stats/tally.ts";
import { type Collected, CollectedStatistics } from "./collected-statistics.ts";
import type { StartFailure } from "./messages.ts";
import { ServerWorkerProcess } from "./server-worker-process.ts";

/** What a server worker may need to say where its event loop stands still, in milliseconds. */
const STALL_LATENESS = 3_000;

/** What those that wait for a worker when the server stops are given to be taken, in milliseconds. */
const LONGEST_HANDING_OVER = 5_000;

/** Characters of a request's line that the log repeats. */
const LONGEST_LINE = 200;

const IN_NATIVE_CODE = "  in native code, or where nothing of the application is on its stack";

export interface SupervisorOptions {
  readonly workers: number;
  readonly addresses: readonly Binding[];
  readonly backlog: number;
  /** In milliseconds; Infinity for no limit. */
  readonly bootTimeout: number;
  readonly timeout: number;
  readonly gracefulTimeout: number;
  readonly recycling: RecyclingOptions;
  /** Connections that may wait until a worker takes them, as far as open files allow; 0 for so many alone. */
  readonly maxWaiting: number;
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
  readonly #statistics = new CollectedStatistics();
  readonly #listeners: Listener[] = [];
  /** Connections that no worker can take yet. */
  readonly #waiting = new WaitingConnections();
  readonly #mostWaiting: number;
  /** Told when nobody waits any more. */
  #whenTaken: () => void = () => {};
  /** Who gets connections. */
  #taker: "workers" | "nobody yet" | ((socket: Socket) => void) = "workers";
  /** Of the worker that failed to start last, since {@link hold} was called. */
  lastFailure: StartFailure | undefined;
  /** What each worker is to know, also one that comes later. */
  readonly #told = new Set<"leave" | "endKeepAlive">();
  #stopping: Promise<void> | undefined;

  constructor(options: SupervisorOptions) {
    this.#options = options;
    this.#mostWaiting = Math.min(options.maxWaiting || Infinity, filesForClients());
    this.#group = new WorkerGroup({
      workers: options.workers,
      // A worker imports, then starts its engines, and has that long for each; it says itself which
      // took too long. This ends one that cannot say it.
      bootTimeout: 2 * options.bootTimeout + 2_000,
      // A worker says itself where its event loop stands still; this ends one that cannot say it.
      heartbeatTimeout: options.timeout + STALL_LATENESS,
      drainTimeout: options.gracefulTimeout + 1_000,
      recycling: recyclingOf(options.recycling),
      oomCounter: MemoryCgroup.find(),
      log: options.log,
      spawn: () => this.#spawn(),
    });
  }

  /**
   * Resolves when every worker is ready; connections that come before wait. `onListening` gets the
   * addresses with their real ports, and ends before a worker starts. Where workers have failed it goes
   * on listening, for {@link startAgain}.
   * @throws {ListenError}
   * @throws {StartError}
   */
  async start(onListening: (addresses: readonly Address[]) => Promise<void>): Promise<void> {
    const { addresses, backlog } = this.#options;
    const accept = (socket: Socket): void => this.#accept(socket);
    try {
      for (const address of addresses) {
        this.#listeners.push(await listen(address, backlog, accept, true));
      }
      await onListening(this.#listeners.map((listener) => listener.address));
    } catch (error) {
      for (const listener of this.#listeners.splice(0)) void listener.close();
      throw error;
    }
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

  get listeners(): readonly Listener[] {
    return this.#listeners;
  }

  /** Who checks readiness hears from here on that no more requests are wished for. */
  leave(): void {
    this.#tellAll("leave");
  }

  /** Each answer from here on is the last of its connection. */
  endKeepAlive(): void {
    this.#tellAll("endKeepAlive");
  }

  /** Lets requests finish, unless hurried; resolves when no worker is left. */
  stop(isHurried: boolean): Promise<void> {
    if (!isHurried) {
      this.#stopping ??= this.#stop();
      return this.#stopping;
    }
    for (const listener of this.#listeners) listener.closeAtOnce();
    for (const socket of this.#waiting.takeAll()) socket.destroy();
    this.#group.killAll("told to hurry");
    return this.#group.stop();
  }

  async #stop(): Promise<void> {
    this.leave();
    await Promise.all(this.#listeners.map((listener) => listener.close()));
    await this.#waitingAreTaken();
    await Promise.all([this.#turnWaitingAway(), this.#group.stop()]);
    // Some may have been given back by a worker that ended.
    await this.#turnWaitingAway();
  }

  /** Resolves also when workers have taken none for too long. */
  async #waitingAreTaken(): Promise<void> {
    const isTaken = this.#taker === "workers" && this.#group.stages.ready > 0;
    if (this.#waiting.size === 0 || !isTaken) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(
        resolve,
        Math.min(LONGEST_HANDING_OVER, this.#options.gracefulTimeout),
      );
      this.#whenTaken = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #turnWaitingAway(): Promise<void> {
    const { log } = this.#options;
    return turnAway(this.#waiting.takeAll(), { software: SOFTWARE, log });
  }

  /** Replaces the server workers, and with them the application. */
  reload(): Promise<ReloadOutcome> {
    return this.#group.reload();
  }

  resize(by: number): number {
    return this.#group.resize(by);
  }

  /** Asks all server workers; of one that does not answer within a second it is what it said last. */
  async status(): Promise<GroupStatus> {
    await this.#statistics.ask();
    return this.#group.status;
  }

  /** A server worker, or a Python worker of one; false where none has this pid. */
  endWorker(pid: number, how: EndingOfWorker, why: string): boolean {
    return (
      this.#group.end(pid, how, why) ||
      [...this.#workers].some((worker) => worker.endWorker(pid, how, why))
    );
  }

  /** What server workers have counted, as they said last. */
  get totals(): Totals {
    return this.#statistics.totals;
  }

  /** Server workers by stage. */
  get stages(): Tally {
    return this.#group.stages;
  }

  /** Server workers that have ended, by cause. */
  get endings(): Tally {
    return this.#group.endings;
  }

  /** Asks all server workers; one that does not answer within a second is left out, and named. */
  async statistics(): Promise<Collected> {
    const collected = await this.#statistics.ask();
    const { present } = collected;
    const waiting = (present.connections.waiting ?? 0) + this.#waiting.size;
    const connections = { ...present.connections, waiting };
    return { ...collected, present: { ...present, connections } };
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
    for (const socket of this.#waiting.takeAll()) this.#accept(socket);
  }

  /** To each worker in turn; where none can take it, the connection waits. */
  #accept(socket: Socket): void {
    if (this.#taker === "workers") this.#handOver(socket);
    else if (this.#taker === "nobody yet") this.#wait(socket);
    else this.#taker(socket);
  }

  #handOver(socket: Socket): void {
    const worker = this.#nextToTake();
    if (worker === undefined) {
      this.#wait(socket);
      return;
    }
    // Last in the set, so that the others come first next time.
    this.#workers.delete(worker);
    this.#workers.add(worker);
    worker.handOver(socket);
  }

  #nextToTake(): ServerWorkerProcess | undefined {
    for (const worker of this.#workers) if (worker.takesConnection) return worker;
    return undefined;
  }

  #wait(socket: Socket): void {
    if (this.#waiting.size >= this.#mostWaiting) {
      socket.destroy();
      return;
    }
    this.#waiting.add(socket);
  }

  /** Some worker can take one more. */
  readonly #serveWaiting = (): void => {
    while (this.#taker === "workers" && this.#nextToTake() !== undefined) {
      const socket = this.#waiting.take();
      if (socket === undefined) {
        this.#whenTaken();
        return;
      }
      this.#handOver(socket);
    }
  };

  /** Its clients have been answered as far as they can be; nothing is left to save. */
  #stalls(worker: ServerWorkerProcess, { milliseconds, isServing, stack, request }: Stall): void {
    if (!isServing) return;
    const why = `its event loop stood still for ${milliseconds / 1000} s`;
    const during = request === undefined ? "" : ` in ${escaped(request.slice(0, LONGEST_LINE))}`;
    const where = stack.length === 0 ? [IN_NATIVE_CODE] : stack.map((call) => `  at ${call}`);
    const said = [`WORKER TIMEOUT (pid:${worker.pid}): ${why}${during}`, ...where];
    this.#options.log.critical(said.join("\n"));
    worker.killStalled(why);
  }

  #tellAll(what: "leave" | "endKeepAlive"): void {
    this.#told.add(what);
    for (const worker of this.#workers) worker[what]();
  }

  #spawn(): ServerWorkerProcess {
    const worker = new ServerWorkerProcess({
      onStall: (stalled, stall) => this.#stalls(stalled, stall),
      onTaken: this.#serveWaiting,
      giveBack: (socket) => this.#accept(socket),
    });
    this.#workers.add(worker);
    this.#statistics.add(worker);
    void worker.exited.then(() => {
      this.#workers.delete(worker);
      this.lastFailure = worker.failure ?? this.lastFailure;
    });
    void worker.ready.then(() => {
      for (const what of this.#told) worker[what]();
      this.#serveWaiting();
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
