/**
 * Keeps a set of worker processes as {@link plan} wants it: the part that waits.
 *
 * It knows nothing of what the workers do; whoever makes one says when it is
 * ready and when it has ended.
 */
import { type Action, plan, type Stage, type Target, type WorkerFacts } from "./plan.ts";

/** How a process ended; exactly one of `code` and `signal` is known. */
export interface ProcessExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** The `code` of a process that was never made: what a shell has for that. */
export const SPAWN_FAILED = 127;

/** For the log: `exited with status 3`, `was sent SIGKILL`. */
export function describeExit({ code, signal }: ProcessExit): string {
  return signal === null ? `exited with status ${code}` : `was sent ${signal}`;
}

/** A worker process as its parent sees it. */
export interface WorkerProcess {
  readonly pid: number | undefined;
  /** Resolves when it can take work; never rejects. A worker that ends instead never resolves it. */
  readonly ready: Promise<void>;
  readonly exited: Promise<ProcessExit>;
  /** Resolves when it takes no more work though nobody told it to; another then takes its place. */
  readonly retired: Promise<void>;
  /** Since when, on the group's clock, a {@link ping} is unanswered; Infinity if none is. */
  readonly silentSince: number;
  readonly requestsServed: number;
  /** Asks for a sign of life, if there has been none for a while. */
  ping(): void;
  /** Finish what is open, take nothing new, end. */
  drain(): void;
  kill(why: string): void;
  /** It does not come up: let it say why if it can, then end it. Called again while it lives. */
  giveUpBooting(): void;
}

export interface WorkerGroupOptions {
  readonly workers: number;
  /** In milliseconds. */
  readonly bootTimeout: number;
  readonly heartbeatTimeout: number;
  readonly drainTimeout: number;
  /** May throw: no process can be made now. */
  readonly spawn: (id: number) => WorkerProcess;
  /** It threw, at a time when workers run already. */
  readonly onSpawnFailed: (error: unknown) => void;
  /** A worker ended that nobody had asked to. */
  readonly onLost: (worker: WorkerProcess, exit: ProcessExit) => void;
}

/** The first workers did not come up; `worker` is the one that ended, `exit` how. */
export class BootError extends Error {
  override readonly name: string = "BootError";
  readonly worker: WorkerProcess;
  readonly exit: ProcessExit;

  constructor(worker: WorkerProcess, exit: ProcessExit) {
    super(`worker ${worker.pid} ended before it was ready`);
    this.worker = worker;
    this.exit = exit;
  }
}

interface Member {
  readonly id: number;
  readonly generation: number;
  readonly process: WorkerProcess;
  stage: Stage;
  stageSince: number;
}

/** How often deadlines of workers are looked at, in milliseconds. */
const TICK = 250;
/** A tick that comes so long after the one before tells that this process was stopped. */
const LATE_TICK = 4 * TICK;
/** The pause after a worker that failed to boot, doubled each time, in milliseconds. */
const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 30_000;

export class WorkerGroup {
  readonly #options: WorkerGroupOptions;
  readonly #members = new Map<number, Member>();
  #target: Target;
  #nextId = 1;
  #pause = 0;
  #tickedAt = 0;
  #timer: NodeJS.Timeout | undefined;
  #stopping = false;
  #started: { resolve: () => void; reject: (error: unknown) => void } | undefined;
  #whenEmpty: (() => void)[] = [];
  restarts = 0;

  constructor(options: WorkerGroupOptions) {
    this.#options = options;
    this.#target = {
      workers: options.workers,
      generation: 1,
      maxRequests: Number.POSITIVE_INFINITY,
      bootTimeout: options.bootTimeout,
      heartbeatTimeout: options.heartbeatTimeout,
      drainTimeout: options.drainTimeout,
      spawnNotBefore: 0,
    };
  }

  /** Resolves when all are ready. @throws {BootError} if one ends before that, or what `spawn` throws */
  start(): Promise<void> {
    this.#stopping = false;
    clearInterval(this.#timer);
    this.#tickedAt = performance.now();
    this.#timer = setInterval(() => this.#tick(), TICK);
    this.#timer.unref();
    const started = new Promise<void>((resolve, reject) => {
      this.#started = { resolve, reject };
    });
    this.#act();
    return started;
  }

  get size(): number {
    return this.#members.size;
  }

  get pids(): readonly (number | undefined)[] {
    return [...this.#members.values()].map((member) => member.process.pid);
  }

  /** Lets all finish what is open; resolves when none is left. */
  async stop(): Promise<void> {
    this.#stopping = true;
    for (const member of this.#members.values()) this.#drain(member);
    if (this.#members.size > 0) {
      await new Promise<void>((resolve) => {
        this.#whenEmpty.push(resolve);
      });
    }
    clearInterval(this.#timer);
  }

  killAll(why: string): void {
    this.#stopping = true;
    for (const member of this.#members.values()) member.process.kill(why);
  }

  #tick(): void {
    const now = performance.now();
    const wasStopped = now - this.#tickedAt > LATE_TICK;
    this.#tickedAt = now;
    // This process stood still itself: what workers said meanwhile has yet to be read.
    if (wasStopped) return;
    for (const member of this.#members.values()) {
      if (member.stage === "ready") member.process.ping();
    }
    this.#act();
  }

  #act(): void {
    const facts = [...this.#members.values()].map(factsOf);
    for (const action of plan(this.#target, facts, performance.now())) this.#do(action);
  }

  #do(action: Action): void {
    if (action.do === "spawn") {
      if (!this.#stopping) this.#spawn();
      return;
    }
    const member = this.#members.get(action.id);
    if (member === undefined) return;
    if (action.do === "drain") this.#drain(member);
    else if (member.stage === "booting") member.process.giveUpBooting();
    else member.process.kill(action.why);
  }

  #spawn(): void {
    const id = this.#nextId;
    this.#nextId += 1;
    try {
      this.#enlist(id, this.#options.spawn(id));
    } catch (error) {
      this.#spawnFailed(error);
    }
  }

  /** No file descriptors, no memory, no directory: the workers there are go on, and it is tried again. */
  #spawnFailed(error: unknown): void {
    this.#waitLonger();
    if (this.#started === undefined) {
      this.#options.onSpawnFailed(error);
      return;
    }
    this.#started.reject(error);
    this.#started = undefined;
    this.killAll("another worker could not be started");
  }

  #enlist(id: number, process: WorkerProcess): void {
    const member: Member = {
      id,
      generation: this.#target.generation,
      process,
      stage: "booting",
      stageSince: performance.now(),
    };
    this.#members.set(id, member);
    void process.ready.then(() => this.#becameReady(member));
    void process.exited.then((exit) => this.#ended(member, exit));
    void process.retired.then(() => {
      this.#drain(member);
      this.#act();
    });
  }

  #becameReady(member: Member): void {
    if (member.stage !== "booting") return;
    enter(member, "ready");
    this.#pause = 0;
    this.#target = { ...this.#target, spawnNotBefore: 0 };
    const members = [...this.#members.values()];
    const ready = members.filter((other) => other.stage === "ready").length;
    if (this.#started !== undefined && ready >= this.#target.workers) {
      this.#started.resolve();
      this.#started = undefined;
    }
    this.#act();
  }

  #ended(member: Member, exit: ProcessExit): void {
    this.#members.delete(member.id);
    if (this.#members.size === 0) for (const resolve of this.#whenEmpty.splice(0)) resolve();
    if (this.#stopping) return;
    if (this.#started !== undefined) {
      this.#started.reject(new BootError(member.process, exit));
      this.#started = undefined;
      this.killAll("another worker did not boot");
      return;
    }
    if (member.stage === "booting") this.#waitLonger();
    if (member.stage !== "draining") {
      this.restarts += 1;
      this.#options.onLost(member.process, exit);
    }
    this.#act();
  }

  /** Once for all workers that fail together. */
  #waitLonger(): void {
    if (performance.now() < this.#target.spawnNotBefore) return;
    this.#pause = Math.min(LONGEST_PAUSE, Math.max(FIRST_PAUSE, this.#pause * 2));
    this.#target = { ...this.#target, spawnNotBefore: performance.now() + this.#pause };
  }

  #drain(member: Member): void {
    if (member.stage === "draining") return;
    enter(member, "draining");
    member.process.drain();
  }
}

function enter(member: Member, stage: Stage): void {
  member.stage = stage;
  member.stageSince = performance.now();
}

function factsOf(member: Member): WorkerFacts {
  return {
    id: member.id,
    generation: member.generation,
    stage: member.stage,
    stageSince: member.stageSince,
    silentSince: member.process.silentSince,
    requestsServed: member.process.requestsServed,
  };
}
