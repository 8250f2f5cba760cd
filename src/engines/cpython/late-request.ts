/**
 * One request that took too long, from its 504 until its thread is free again or its worker is lost:
 * what the log says of it, and how long its worker is waited for.
 */
import { readFileSync } from "node:fs";
import type { LogSubject } from "../../log/log-subject.ts";
import type { Logger } from "../../log/logger.ts";
import { nameOf } from "../../processes/worker-process.ts";
import type { BridgeCall } from "../bridge-call.ts";
import { ApplicationTimeoutError } from "../errors.ts";
import type { PythonWorker } from "./python-worker.ts";

/** How long a worker that can hear takes to say where a thread is, at most, in milliseconds. */
const TIME_TO_SAY = 500;

/** The same of what writes the stacks of a worker that cannot hear. */
const TIME_TO_WRITE = 200;

/** How long an interrupted thread may take to come back. */
const TIME_TO_RETURN = 1_000;

export class LateRequest {
  readonly #worker: PythonWorker;
  readonly #streamId: number;
  readonly #line: string;
  readonly #what: string;
  readonly #log: Logger;
  readonly #about: LogSubject;
  readonly #since: number;
  #isTold = false;
  #askedAt = Number.POSITIVE_INFINITY;

  /** Answers the client, and asks the worker where the request is and to end it. */
  constructor(call: BridgeCall, worker: PythonWorker, streamId: number, timeout: number) {
    const limit = `--timeout ${timeout / 1000} s`;
    this.#since = performance.now();
    this.#worker = worker;
    this.#streamId = streamId;
    this.#line = call.request.line;
    this.#log = worker.log;
    this.#about = { ...call.request.about, workerPid: worker.pid };
    this.#what =
      `WORKER TIMEOUT (${nameOf(worker)}): ${this.#line} took more than ${limit}: ` +
      `it gave no sign for ${inSeconds(this.#since - call.waitsSince)}`;
    call.late = this;
    call.fail(new ApplicationTimeoutError(`no answer within ${limit}`));
    worker.interrupt(streamId, `no answer within ${limit}`);
  }

  /** Whether its thread has not come back in time. */
  isLost(now: number): boolean {
    return now - this.#since >= TIME_TO_RETURN;
  }

  /** What the worker says: the stack of the request's thread, and those of its others. */
  takeStacks(payload: Buffer): void {
    const [own = "", others = ""] = payload.toString("utf8").split("\0");
    this.#tell(`; its thread is at (most recent call last)\n${own}`);
    if (others === "") return;
    this.#log.debug(`Other threads of worker (${nameOf(this.#worker)}):\n${others}`, this.#about);
  }

  /** Whether its thread is free again, or its worker gone. */
  get isOver(): boolean {
    return !this.#worker.calls.has(this.#streamId);
  }

  /** Looks whether the worker has said anything; to be called some times a second. */
  check(now: number): void {
    if (this.isOver) this.#tellEnd(now);
    else if (!this.#isTold && now - this.#since >= TIME_TO_SAY) this.#askInAnotherWay(now);
  }

  #askInAnotherWay(now: number): void {
    const { pid, facts, stacks } = this.#worker;
    if (this.#askedAt > now) {
      this.#askedAt = now;
      stacks.ask(pid, facts?.stacksSignal);
    } else if (now - this.#askedAt >= TIME_TO_WRITE) {
      this.#tell(`, and ${silence(this.#worker)}`);
    }
  }

  #tellEnd(now: number): void {
    this.#tell(this.#askedAt <= now ? `, and ${silence(this.#worker)}` : "");
    // What becomes of one that does not go on is told where that is decided.
    if (!this.#worker.isServing || this.#worker.worn !== undefined) return;
    const after = inSeconds(now - this.#since);
    const what = `${this.#line} let go of its thread within another ${after}`;
    this.#log.info(`Worker (${nameOf(this.#worker)}) goes on: ${what}`, this.#about);
  }

  #tell(where: string): void {
    if (this.#isTold) return;
    this.#isTold = true;
    this.#log.error(`${this.#what}${where}`, this.#about);
  }
}

/** All that is known of a worker that does not answer. */
function silence(worker: PythonWorker): string {
  if (isStopped(worker.pid)) return "its worker was stopped, as by SIGSTOP";
  const stacks = worker.stacks.read();
  if (stacks === "") return "its worker does not say where it is";
  const what = "its worker does not answer, as where native code keeps the interpreter";
  return `${what}; its threads are at (most recent call first)\n${stacks}`;
}

function isStopped(pid: number | undefined): boolean {
  try {
    return /^\d+ \(.*\) [tT] /s.test(readFileSync(`/proc/${pid}/stat`, "latin1"));
  } catch {
    // Gone, or a system without /proc: nothing is known.
    return false;
  }
}

function inSeconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(2)} s`;
}
