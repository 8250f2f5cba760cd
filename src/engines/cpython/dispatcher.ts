/**
 * Which worker runs which request, and when.
 *
 * A request waits here until a worker has room and its turn has come; it leaves for
 * another worker when the one that has it stalls or dies before beginning it.
 */
import { ErrorCode } from "../../bridge/frames.ts";
import { nameOf } from "../../processes/worker-process.ts";
import type { BridgeCall } from "../bridge-call.ts";
import { ClientLeftError, OverloadedError, WorkerLostError } from "../errors.ts";
import { DrainRate } from "./drain-rate.ts";
import { FairQueue } from "./fair-queue.ts";
import { LateRequests } from "./late-requests.ts";
import type { PythonWorker } from "./python-worker.ts";
import { STALL } from "./write-ahead.ts";

export interface DispatcherOptions {
  /** Requests that may wait for a worker; one more is answered 503. */
  readonly maxQueued: number;
  /** Milliseconds a request may wait; Infinity for no end. */
  readonly queueTimeout: number;
  /** Milliseconds it may run. */
  readonly timeout: number;
}

/** How many workers may die with a request that they had not begun before it is given up. */
const MOST_DEATHS = 3;

/** How often timeouts are looked at, in milliseconds, while there are requests. */
const TIMEOUT_CHECK_INTERVAL = 50;

/** A check that comes so long after the one before tells that this process was stopped. */
const LATE_CHECK = 1_000;

export class Dispatcher {
  readonly #options: DispatcherOptions;
  readonly #workers = new Set<PythonWorker>();
  readonly #queue = new FairQueue<BridgeCall>();
  readonly #late: LateRequests;
  readonly #drainRate = new DrainRate();
  #stallTimer: NodeJS.Timeout | undefined;
  #timeoutTimer: NodeJS.Timeout | undefined;
  #checkedAt = 0;
  served = 0;

  constructor(options: DispatcherOptions) {
    this.#options = options;
    this.#late = new LateRequests(options.timeout);
  }

  get busy(): number {
    let busy = 0;
    for (const worker of this.#workers) busy += worker.calls.size;
    return busy;
  }

  /** Threads of workers that serve or still finish, and how many of them have a request. */
  threads(ofEach: number): { readonly threads: number; readonly busyThreads: number } {
    let threads = 0;
    let busyThreads = 0;
    for (const { isServing, calls } of this.#workers) {
      if (isServing || calls.size > 0) threads += ofEach;
      busyThreads += Math.min(calls.size, ofEach);
    }
    return { threads, busyThreads };
  }

  get queued(): number {
    return this.#queue.size;
  }

  add(worker: PythonWorker): void {
    this.#workers.add(worker);
  }

  submit(call: BridgeCall): void {
    if (this.#timeoutTimer === undefined) this.#startTimeouts();
    const worker = this.#queue.size === 0 ? this.#roomiest() : undefined;
    if (worker !== undefined && this.#mayGoAhead(call, worker)) {
      this.#give(call, worker);
    } else if (this.#isFull()) {
      this.#refuse(call, `${this.#queue.size} requests wait for a worker already (see --queue)`);
    } else {
      call.queuedAt = performance.now();
      this.#queue.push(call);
    }
  }

  /** A worker has room, or has come up. */
  readonly free = (worker: PythonWorker): void => {
    while (worker.room > 0) {
      const call = worker.hasFreeThread ? this.#queue.shift() : this.#queue.shiftQuick();
      if (call === undefined) return;
      this.#give(call, worker);
    }
  };

  /** A worker has given a request back unbegun: it goes before those that came later. */
  readonly returned = (call: BridgeCall): void => {
    // In the worker that gives it back it has waited too.
    call.queuedAt ||= call.sentAt;
    const worker = this.#roomiest();
    if (worker !== undefined) this.#give(call, worker);
    else this.#queue.unshift(call);
  };

  readonly gone = (
    worker: PythonWorker,
    begun: readonly BridgeCall[],
    notBegun: readonly BridgeCall[],
  ): void => {
    this.#workers.delete(worker);
    for (const call of begun) {
      if (call.late !== undefined) continue;
      call.fail(new WorkerLostError(`worker (${nameOf(worker)}) died while it ran this request`));
    }
    for (const call of notBegun.toReversed()) this.#outlived(call);
  };

  /** It was not begun, but may be what workers die of all the same. */
  #outlived(call: BridgeCall): void {
    call.deathsOutlived += 1;
    if (call.deathsOutlived < MOST_DEATHS) this.returned(call);
    else call.fail(new OverloadedError(`${MOST_DEATHS} workers died before they had begun it`));
  }

  /** Nobody will ever run what still waits. */
  failQueued(reason: string): void {
    this.#stopTimeouts();
    clearTimeout(this.#stallTimer);
    this.#stallTimer = undefined;
    for (const call of this.#queue.takeOver(() => true)) call.fail(new OverloadedError(reason));
  }

  #give(call: BridgeCall, worker: PythonWorker): void {
    if (isAbandoned(call)) {
      call.fail(new ClientLeftError());
      return;
    }
    this.served += 1;
    call.noteQueueTime();
    worker.send(call);
    if (this.#stallTimer === undefined) this.#watchForStalls();
  }

  /** What is known to be slow is not sent ahead: quick ones would wait behind it in the worker. */
  #mayGoAhead(call: BridgeCall, worker: PythonWorker): boolean {
    if (worker.hasFreeThread) return true;
    // Who is sent ahead waits there.
    return this.#options.maxQueued > 0 && !this.#queue.isSlow(call.path);
  }

  #roomiest(): PythonWorker | undefined {
    let best: PythonWorker | undefined;
    let stuck: PythonWorker | undefined;
    for (const worker of this.#workers) {
      if (worker.room <= 0) continue;
      if (worker.isWorthFilling) return worker;
      if (worker.isStuck) stuck = worker;
      // Fewest requests first: room that is only ahead is worth less than a free thread.
      else if (best === undefined || worker.calls.size < best.calls.size) best = worker;
    }
    return best ?? stuck;
  }

  #watchForStalls(): void {
    this.#stallTimer = setTimeout(() => {
      this.#stallTimer = undefined;
      const now = performance.now();
      let isBusy = false;
      for (const worker of this.#workers) {
        const { oldest } = worker.calls;
        if (oldest === undefined) continue;
        isBusy = true;
        if (now - oldest.sentAt < STALL) continue;
        tellOfLeft(worker);
        // Where nobody else could take them, they wait as well where they are.
        if (worker.hasUnbegun() && this.#hasRoomBeside(worker)) worker.stall(now);
      }
      if (isBusy) this.#watchForStalls();
    }, STALL / 2);
    this.#stallTimer.unref();
  }

  #hasRoomBeside(worker: PythonWorker): boolean {
    for (const other of this.#workers) {
      if (other !== worker && !other.isStuck && other.room > 0) return true;
    }
    return false;
  }

  #startTimeouts(): void {
    this.#checkedAt = performance.now();
    this.#timeoutTimer = setInterval(() => this.#checkTimeouts(), TIMEOUT_CHECK_INTERVAL);
    this.#timeoutTimer.unref();
  }

  #stopTimeouts(): void {
    clearInterval(this.#timeoutTimer);
    this.#timeoutTimer = undefined;
  }

  #checkTimeouts(): void {
    const now = performance.now();
    const wasStopped = now - this.#checkedAt > LATE_CHECK;
    this.#checkedAt = now;
    // This process stood still itself: answers that came meanwhile have yet to be read.
    if (wasStopped) return;
    const { queueTimeout } = this.#options;
    if (this.#queue.size > 0) this.#drainRate.note(this.served, now);
    else this.#drainRate.pause();
    this.#dropAbandoned();
    for (const call of this.#queue.takeOver((waiting) => now - waiting.queuedAt > queueTimeout)) {
      this.#refuse(call, `no worker was free for ${queueTimeout / 1000} s (see --queue-timeout)`);
    }
    this.#late.check(this.#workers, now);
    if (this.#queue.size === 0 && this.busy === 0) this.#stopTimeouts();
  }

  #refuse(call: BridgeCall, why: string): void {
    call.noteQueueTime();
    call.fail(new OverloadedError(why, this.#drainRate.secondsFor(this.#queue.size)));
  }

  /** Looks again without those whose clients have left: they must not keep others out. */
  #isFull(): boolean {
    const { maxQueued } = this.#options;
    if (this.#queue.size < maxQueued) return false;
    this.#dropAbandoned();
    return this.#queue.size >= maxQueued;
  }

  #dropAbandoned(): void {
    for (const call of this.#queue.takeOver(isAbandoned)) {
      call.noteQueueTime();
      call.fail(new ClientLeftError());
    }
  }
}

/** Clients that have left: what is not begun of theirs never is, and what runs can ask for it. */
function tellOfLeft(worker: PythonWorker): void {
  for (const [streamId, call] of worker.calls.entries()) {
    if (call.isKnownToBeLeft || !isAbandoned(call)) continue;
    call.isKnownToBeLeft = true;
    worker.cancel(streamId, ErrorCode.NO_ERROR);
  }
}

function isAbandoned(call: BridgeCall): boolean {
  return call.request.closed?.aborted === true;
}
