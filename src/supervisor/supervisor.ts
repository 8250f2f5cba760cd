/**
 * Holds the listening sockets, from which its server workers take connections, and keeps the workers
 * running. It takes none itself but where no worker may, or none is left.
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
import { type Address, type Binding, withTls } from "../server/addresses.ts";
import { type Listener, listen } from "../server/listeners.ts";
import type { ListenerTls } from "../server/tls-options.ts";
import { turnAway } from "../server/turn-away.ts";
import { WaitingConnections } from "../server/waiting-connections.ts";
import type { Totals } from "../stats/server-statistics.ts";
import type { Tally } from "../stats/tally.ts";
import { type Collected, CollectedStatistics } from "./collected-statistics.ts";
import { ConnectionShares } from "./connection-shares.ts";
import type { StartFailure } from "./messages.ts";
import { ServerWorkerProcess } from "./server-worker-process.ts";

/** What a server worker may need to say where its event loop stands still, in milliseconds. */
const STALL_LATENESS = 3_000;

/** How long a worker may need to take what has come to a socket when the server stops, in milliseconds. */
const LONGEST_EMPTYING = 6_000;

/** How long one may need that leaves this to another. */
const LONGEST_STEPPING_ASIDE = 1_000;

/** Characters of a request's line that the log repeats. */
const LONGEST_LINE = 200;

const IN_NATIVE_CODE = "  in native code, or where nothing of the application is on its stack";

export interface SupervisorOptions {
  readonly workers: number;
  readonly addresses: readonly Binding[];
  /** For all addresses; undefined for plain HTTP. */
  readonly tls: ListenerTls | undefined;
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
  readonly #statistics = new CollectedStatistics();
  readonly #listeners: Listener[] = [];
  readonly #shares = new ConnectionShares();
  /** Connections that nobody serves. */
  readonly #waiting = new WaitingConnections();
  /** Who gets connections; until somebody does, the kernel keeps them. */
  #taker: "workers" | "nobody yet" | ((socket: Socket) => void) = "workers";
  /** Of the worker that failed to start last, since {@link hold} was called. */
  lastFailure: StartFailure | undefined;
  /** What each worker is to know, also one that comes later. */
  readonly #told = new Set<"leave" | "endKeepAlive">();
  #tls: ListenerTls | undefined;
  #stopping: Promise<void> | undefined;

  constructor(options: SupervisorOptions) {
    this.#options = options;
    this.#tls = options.tls;
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
      for (const address of withTls(addresses, this.#tls)) {
        const listener = await listen(address, backlog, accept);
        this.#listeners.push(listener);
        listener.leave();
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

  /** What handshakes from here on are made with, in this process and in server workers. */
  renewTls(tls: ListenerTls): void {
    this.#tls = tls;
    for (const listener of this.#listeners) listener.renewTls(tls);
    for (const worker of this.#workers) worker.renewTls(tls);
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
    const { isEmpty, letGo } = await this.#emptyQueues();
    for (const listener of this.#listeners) {
      // What another server takes from as well is left to it.
      if (isEmpty || listener.isShared) listener.closeAtOnce();
    }
    await Promise.all([isEmpty || this.#turnAwayUntil(letGo), this.#group.stop()]);
    await this.#turnWaitingAway();
  }

  /**
   * Nobody who has come is lost: one worker takes them, unless there is none that can, or another does
   * not let go of the sockets; `letGo` resolves when none has them any more.
   */
  async #emptyQueues(): Promise<{ readonly isEmpty: boolean; readonly letGo: Promise<unknown> }> {
    const serving = this.#serving;
    const mayTake = this.#taker === "workers";
    // One that is ready only now is told to end, not to listen.
    if (mayTake) this.#taker = "nobody yet";
    const last = mayTake ? await firstToAnswer(serving) : undefined;
    const areShared = this.#listeners.map(({ isShared }) => isShared);
    const others = serving.filter((worker) => worker !== last);
    const stepping = stepAside(others, this.#listeners);
    const areAside = await this.#inTime(LONGEST_STEPPING_ASIDE, stepping);
    if (last === undefined) return { isEmpty: false, letGo: Promise.all(stepping) };
    const emptying = areAside ? [last.listenNoMore(areShared)] : stepAside([last], this.#listeners);
    const letGo = Promise.all([...stepping, ...emptying]);
    const isEmpty = areAside && (await this.#inTime(LONGEST_EMPTYING, emptying)) && last.isServing;
    return { isEmpty, letGo };
  }

  /** While a worker has the sockets open that does not hear, the kernel lets clients in. */
  async #turnAwayUntil(letGo: Promise<unknown>): Promise<void> {
    await this.#turnWaitingAway();
    let turnedAway: Promise<unknown> = Promise.resolve();
    this.#taker = (socket) => {
      turnedAway = Promise.all([turnedAway, this.#turnAway([socket])]);
    };
    for (const listener of this.#listeners) listener.take();
    await letGo;
    await Promise.all(this.#listeners.map((listener) => listener.close()));
    await turnedAway;
  }

  get #serving(): readonly ServerWorkerProcess[] {
    return [...this.#workers].filter(({ isServing }) => isServing);
  }

  /** Whether all that was to happen did so before it is too late. */
  async #inTime(milliseconds: number, happening: readonly Promise<void>[]): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<false>((resolve) => {
      const longest = Math.min(milliseconds, this.#options.gracefulTimeout);
      timer = setTimeout(() => resolve(false), longest);
    });
    const done = Promise.all(happening).then(() => true);
    return Promise.race([done, late]).finally(() => clearTimeout(timer));
  }

  #turnWaitingAway(): Promise<void> {
    return this.#turnAway(this.#waiting.takeAll());
  }

  #turnAway(sockets: readonly Socket[]): Promise<void> {
    return turnAway(sockets, { software: SOFTWARE, log: this.#options.log });
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
  statistics(): Promise<Collected> {
    return this.#statistics.ask();
  }

  reopenLogs(): void {
    for (const worker of this.#workers) worker.reopenLogs();
  }

  /** Connections wait from here on, and those there are let go; resolves when no worker is asked anything. */
  async hold(): Promise<void> {
    if (this.#stopping !== undefined) return;
    this.#taker = "nobody yet";
    this.lastFailure = undefined;
    for (const listener of this.#listeners) listener.leave();
    const stepping = stepAside(this.#serving, this.#listeners, "letGo");
    await this.#inTime(LONGEST_STEPPING_ASIDE, stepping);
  }

  /** Who gets connections from here on, and those that wait. */
  giveConnectionsTo(taker: "workers" | ((socket: Socket) => void)): void {
    if (this.#stopping !== undefined) return;
    this.#taker = taker;
    for (const listener of this.#listeners) {
      if (taker === "workers") listener.leave();
      else listener.take();
    }
    // Their handshakes were done while nobody was to have them.
    for (const socket of this.#waiting.takeAll()) this.#accept(socket);
    if (taker !== "workers") return;
    for (const worker of this.#serving) worker.listen(this.#tls);
  }

  /**
   * Where workers take them, only what has come before this process was told to leave it, as one whose
   * handshake has taken so long: no worker can have it any more.
   */
  #accept(socket: Socket): void {
    if (typeof this.#taker === "function") this.#taker(socket);
    else if (this.#taker === "workers") void this.#turnAway([socket]);
    else this.#waiting.add(socket);
  }

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
    const sockets = { listeners: this.#listeners, shares: this.#shares.descriptor };
    const worker = new ServerWorkerProcess(sockets, {
      onStall: (stalled, stall) => this.#stalls(stalled, stall),
    });
    const place = this.#shares.take();
    worker.place = place;
    this.#workers.add(worker);
    this.#statistics.add(worker);
    void worker.exited.then(() => {
      this.#workers.delete(worker);
      if (place !== undefined) this.#shares.free(place);
      this.lastFailure = worker.failure ?? this.lastFailure;
    });
    void worker.ready.then(() => {
      for (const what of this.#told) worker[what]();
      if (this.#taker === "workers") worker.listen(this.#tls);
    });
    return worker;
  }
}

/** They leave what comes, and what has come, to somebody else; of each, when it has let go. */
function stepAside(
  workers: readonly ServerWorkerProcess[],
  listeners: readonly Listener[],
  how: "listenNoMore" | "letGo" = "listenNoMore",
): readonly Promise<void>[] {
  return workers.map((worker) => worker[how](listeners.map(() => true)));
}

/** A worker whose event loop turns; undefined where none answers in time. */
function firstToAnswer(
  workers: readonly ServerWorkerProcess[],
): Promise<ServerWorkerProcess | undefined> {
  return new Promise((resolve) => {
    const asked = workers.map(async (worker) => {
      if (await worker.askStatistics()) resolve(worker);
    });
    void Promise.all(asked).then(() => resolve(undefined));
  });
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
