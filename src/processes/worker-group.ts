/**
 * Keeps a set of worker processes as {@link plan} wants it: the part that waits.
 *
 * It knows nothing of what the workers do; whoever makes one says when it is
 * ready and when it has ended.
 */
import { type LastError, lastError } from "../log/last-error.ts";
import type { Logger } from "../log/logger.ts";
import { BootPause } from "./boot-pause.ts";
import type { Cause, Dismissal } from "./endings.ts";
import { Generations, type ReloadOutcome } from "./generations.ts";
import type { EndingOfWorker, GroupStatus } from "./group-status.ts";
import { enter, factsOf, type Member, memoryOf, statusOf } from "./member.ts";
import { type OomCounter, OomWatch } from "./oom-watch.ts";
import { type Action, plan, type Stage, type Target } from "./plan.ts";
import { type Recycling, requestLimit } from "./recycling.ts";
import { numberOf, type ProcessExit, type WorkerProcess } from "./worker-process.ts";
import { type Ended, endsAsTold, WorkerReports } from "./worker-reports.ts";

export interface WorkerGroupOptions {
  readonly workers: number;
  /** In milliseconds. */
  readonly bootTimeout: number;
  readonly heartbeatTimeout: number;
  readonly drainTimeout: number;
  readonly recycling: Recycling;
  /** Where the kernel says whom it has killed for want of memory, if it does. */
  readonly oomCounter: OomCounter | undefined;
  readonly log: Logger;
  /** May throw: no process can be made now. */
  readonly spawn: (id: number, generation: number) => WorkerProcess;
  /** Is told which generations there are workers of, or are to be. */
  readonly onGenerations?: (inUse: ReadonlySet<number>) => void;
}

/** The first workers did not come up; `worker` is the one that ended, `exit` how. */
export class BootError extends Error {
  override readonly name: string = "BootError";
  readonly worker: WorkerProcess;
  readonly exit: ProcessExit;

  constructor(worker: WorkerProcess, exit: ProcessExit) {
    super(`worker ${numberOf(worker)} ended before it was ready`);
    this.worker = worker;
    this.exit = exit;
  }
}

type State =
  | { readonly kind: "starting"; resolve: () => void; reject: (error: unknown) => void }
  | { readonly kind: "serving" }
  | { readonly kind: "stopped" };

const SERVER_STOPS: Dismissal = { cause: "told", why: "the server stops" };
const SERVING: State = { kind: "serving" };
const STOPPED: State = { kind: "stopped" };

/** How often deadlines of workers are looked at, in milliseconds. */
const TICK = 250;
/** A tick that comes so long after the one before tells that this process was stopped. */
const LATE_TICK = 4 * TICK;
/** Memory is looked at each so many ticks: files of the system are read for it. */
const TICKS_A_LOOK = 4;

export class WorkerGroup {
  readonly #options: WorkerGroupOptions;
  readonly #members = new Map<number, Member>();
  readonly #generations = new Generations();
  readonly #pause = new BootPause();
  readonly #oom: OomWatch;
  readonly #reports: WorkerReports;
  #state: State = STOPPED;
  #workers: number;
  #nextId = 1;
  #ticks = 0;
  #tickedAt = 0;
  #timer: NodeJS.Timeout | undefined;
  #whenEmpty: (() => void)[] = [];
  /** How those ended whose places nobody has taken yet. */
  #vacant: LastError[] = [];

  constructor(options: WorkerGroupOptions) {
    this.#options = options;
    this.#workers = options.workers;
    this.#oom = new OomWatch(options.oomCounter);
    this.#reports = new WorkerReports(options.log, this.#oom);
  }

  /** Resolves when all are ready. @throws {BootError} if one ends before that, or what `spawn` throws */
  start(): Promise<void> {
    clearInterval(this.#timer);
    this.#tickedAt = performance.now();
    this.#timer = setInterval(() => this.#tick(), TICK);
    this.#timer.unref();
    const started = new Promise<void>((resolve, reject) => {
      this.#state = { kind: "starting", resolve, reject };
    });
    this.#act();
    return started;
  }

  /** How many there are to be. */
  get workers(): number {
    return this.#workers;
  }

  get stages(): Readonly<Record<Stage, number>> {
    const stages = { booting: 0, ready: 0, draining: 0 };
    for (const { stage } of this.#members.values()) stages[stage] += 1;
    return stages;
  }

  /** Workers that have ended, by cause; those that end with the whole group are not counted. */
  get endings(): Readonly<Record<Cause, number>> {
    return this.#reports.endings.counts;
  }

  /** How a process that belongs to this group ended, for the log: what is known, and no more. */
  describe(exit: ProcessExit): string {
    return this.#reports.describe(exit);
  }

  get pids(): readonly (number | undefined)[] {
    return [...this.#members.values()].map((member) => numberOf(member.process));
  }

  get status(): GroupStatus {
    const now = performance.now();
    return {
      wanted: this.#workers,
      generation: this.#generations.wanted,
      isReloading: this.#generations.isReloading,
      workers: [...this.#members.values()].flatMap((member) => statusOf(member, now)),
    };
  }

  /** Ends one of its workers, as `how` says and because of `why`; false where it has none of this pid. */
  end(pid: number, how: EndingOfWorker, why: string): boolean {
    const member = [...this.#members.values()].find(({ process }) => numberOf(process) === pid);
    // The first workers are waited for: one that ends would end the start.
    if (member === undefined || this.#state.kind === "starting") return false;
    if (how === "replace") member.replaceFor = why;
    else this.#endAtOnce(member, why);
    this.#act();
    return true;
  }

  /**
   * Replaces all by workers that are spawned from now on: one first, and the others one by one after
   * it has come up. If it does not, nothing is replaced.
   */
  async reload(): Promise<ReloadOutcome> {
    if (this.#state.kind !== "serving") {
      const why = this.#state.kind === "starting" ? "the server still starts" : "the server stops";
      this.#reports.notReloaded(why);
      return { kind: "failed", why };
    }
    this.#reports.reloads();
    this.#pause.forget();
    const outcome = this.#generations.raise();
    this.#act();
    return outcome;
  }

  /** So many workers more, or fewer, but at least one; returns how many there are to be. */
  resize(by: number): number {
    const before = this.#workers;
    if (this.#state.kind !== "serving") return before;
    this.#workers = Math.max(1, before + by);
    this.#reports.resized(this.#workers, this.#workers - before);
    this.#act();
    return this.#workers;
  }

  /** Lets all finish what is open; resolves when none is left. */
  async stop(): Promise<void> {
    this.#stopActing();
    for (const member of this.#members.values()) this.#drain(member, SERVER_STOPS);
    if (this.#members.size > 0) {
      await new Promise<void>((resolve) => {
        this.#whenEmpty.push(resolve);
      });
    }
    clearInterval(this.#timer);
  }

  killAll(why: string): void {
    this.#stopActing();
    for (const member of this.#members.values()) member.process.kill(why);
  }

  #stopActing(): void {
    this.#state = STOPPED;
    this.#generations.giveUp("the server stops");
  }

  #tick(): void {
    const now = performance.now();
    const wasStopped = now - this.#tickedAt > LATE_TICK;
    this.#tickedAt = now;
    this.#ticks += 1;
    // This process stood still itself: what workers said meanwhile has yet to be read.
    if (wasStopped) return;
    if (this.#ticks % TICKS_A_LOOK === 0) this.#lookAtMemory();
    for (const member of this.#members.values()) {
      if (member.stage !== "ready") continue;
      member.process.ping();
      this.#pause.lives(now, member.stageSince);
    }
    this.#act();
  }

  #lookAtMemory(): void {
    this.#oom.look();
    if (this.#options.recycling.maxRss === Number.POSITIVE_INFINITY) return;
    for (const member of this.#members.values()) {
      if (member.stage !== "ready") continue;
      member.peakRss = Math.max(member.peakRss, memoryOf(member.process));
    }
  }

  #act(): void {
    const members = [...this.#members.values()];
    const target = this.#target();
    for (const action of plan(target, members.map(factsOf), performance.now())) this.#do(action);
    if (this.#generations.isReloading && this.#isReloaded()) {
      this.#reports.reloaded(this.#workers);
      this.#generations.done();
    }
    this.#options.onGenerations?.(
      new Set([this.#generations.wanted, ...members.map(({ generation }) => generation)]),
    );
  }

  #target(): Target {
    const { bootTimeout, heartbeatTimeout, drainTimeout, recycling } = this.#options;
    return {
      workers: this.#workers,
      generation: this.#generations.wanted,
      maxWorkerAge: recycling.maxWorkerAge,
      maxRss: recycling.maxRss,
      bootTimeout,
      heartbeatTimeout,
      drainTimeout,
      spawnNotBefore: this.#pause.notBefore,
    };
  }

  #isReloaded(): boolean {
    const serving = [...this.#members.values()].filter((member) => member.stage !== "draining");
    const isNew = (member: Member): boolean => member.generation === this.#generations.wanted;
    return serving.every(isNew) && this.stages.ready >= this.#workers;
  }

  #do(action: Action): void {
    if (action.do === "spawn") {
      if (this.#state.kind !== "stopped") this.#spawn();
      return;
    }
    const member = this.#members.get(action.id);
    if (member === undefined) return;
    if (action.do === "drain") this.#drain(member, action);
    else if (member.stage === "booting") member.process.giveUpBooting(action.why);
    else this.#kill(member, action.why);
  }

  #kill(member: Member, why: string): void {
    const { stage, process } = member;
    if (stage === "ready" && process.killed === undefined) {
      member.isHung = true;
      this.#reports.hangs(process, why);
    }
    process.kill(why);
  }

  #spawn(): void {
    const id = this.#nextId;
    this.#nextId += 1;
    try {
      this.#enlist(id, this.#options.spawn(id, this.#generations.wanted));
    } catch (error) {
      this.#spawnFailed(error);
    }
  }

  /** No file descriptors, no memory, no directory: the workers there are go on, and it is tried again. */
  #spawnFailed(error: unknown): void {
    this.#pause.failedToBoot(performance.now());
    if (this.#state.kind === "starting") {
      this.#state.reject(error);
      this.killAll("another worker could not be started");
      return;
    }
    this.#reports.cannotSpawn(error);
    if (!this.#generations.endsWith(this.#generations.wanted)) return;
    this.#reports.reloadCannotSpawn(this.stages.ready);
    this.#generations.giveUp(String(error));
  }

  #enlist(id: number, process: WorkerProcess): void {
    const member: Member = {
      id,
      generation: this.#generations.wanted,
      maxRequests: requestLimit(this.#options.recycling, Math.random()),
      process,
      stage: "booting",
      stageSince: performance.now(),
      readySince: undefined,
      peakRss: 0,
      replaceFor: undefined,
      before: this.#vacant.shift(),
      dismissal: undefined,
      isHung: false,
    };
    this.#members.set(id, member);
    this.#reports.boots(process);
    void process.ready.then(() => this.#becameReady(member));
    void process.exited.then((exit) => this.#ended(member, exit));
    void process.retired.then((dismissal) => {
      this.#drain(member, dismissal);
      if (dismissal.cause !== "told") this.#act();
      else setTimeout(() => this.#act(), this.#pause.wasTold(performance.now())).unref();
    });
  }

  #becameReady(member: Member): void {
    if (member.stage !== "booting") return;
    enter(member, "ready");
    this.#pause.cameUp();
    this.#generations.cameUp(member.generation);
    if (this.stages.ready >= this.#workers) this.#vacant = [];
    if (this.#state.kind === "starting" && this.stages.ready >= this.#workers) {
      this.#state.resolve();
      this.#state = SERVING;
    }
    this.#act();
  }

  #ended(member: Member, exit: ProcessExit): void {
    this.#members.delete(member.id);
    if (this.#state.kind === "starting") {
      this.#state.reject(new BootError(member.process, exit));
      this.killAll("another worker did not boot");
    } else {
      this.#report(member, exit);
    }
    if (this.#members.size === 0) for (const resolve of this.#whenEmpty.splice(0)) resolve();
    if (this.#state.kind !== "stopped") this.#act();
  }

  #report(member: Member, exit: ProcessExit): void {
    const { stage, stageSince, dismissal, generation, process } = member;
    const now = performance.now();
    const ended = { process, exit };
    if (dismissal !== undefined) {
      // Where all are to end, each that ends as it was told says nothing new.
      const isNews = this.#state.kind !== "stopped" || !endsAsTold(ended, dismissal.why);
      if (isNews) this.#reports.endedAsTold(ended, dismissal);
    } else if (this.#state.kind === "stopped") {
      return;
    } else if (stage === "ready") {
      this.#pause.died(now, now - stageSince);
      const pause = this.#pause.notBefore - now;
      this.#vacant.push(lastError(this.#reports.lost(ended, pause, member.isHung)));
    } else {
      this.#pause.failedToBoot(now);
      this.#didNotBoot(ended, generation);
    }
  }

  #didNotBoot(ended: Ended, generation: number): void {
    const others = this.stages.ready;
    // Told first: who waits for the reload may end this process.
    if (this.#generations.endsWith(generation)) {
      this.#generations.giveUp(this.#reports.reloadFailed(ended, others));
    } else {
      const pause = this.#pause.notBefore - performance.now();
      this.#vacant.push(lastError(this.#reports.didNotBoot(ended, others, pause)));
    }
  }

  #endAtOnce(member: Member, why: string): void {
    member.dismissal ??= { cause: "told", why };
    enter(member, "draining");
    member.process.kill(member.dismissal.why);
  }

  #drain(member: Member, dismissal: Dismissal): void {
    if (member.stage === "draining" || member.process.killed !== undefined) return;
    if (member.stage === "ready" && this.#state.kind !== "stopped") {
      this.#reports.isToEnd(member.process, dismissal.why);
    }
    const hasNothingOpen = member.stage === "booting";
    enter(member, "draining");
    member.dismissal = dismissal;
    if (hasNothingOpen) member.process.kill(dismissal.why);
    else member.process.drain();
  }
}
