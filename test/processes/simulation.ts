/** A set of workers that only exist on paper, moved by what `plan` says. */
import {
  type Action,
  plan,
  type Stage,
  type Target,
  type WorkerFacts,
} from "../../src/processes/plan.ts";
import {
  type Recycling,
  type RecyclingOptions,
  recyclingOf,
  requestLimit,
} from "../../src/processes/recycling.ts";

/** How fast workers are, in milliseconds. */
export interface Pace {
  readonly boot: number;
  readonly drain: number;
  readonly requestsPerStep?: number;
  /** Bytes by which each grows. */
  readonly rssPerStep?: number;
}

const STEP = 100;
const LONGEST = 60 * 60_000;

interface Worker {
  readonly id: number;
  readonly generation: number;
  stage: Stage;
  stageSince: number;
  requestsServed: number;
  readonly maxRequests: number;
  peakRss: number;
}

export class Simulation {
  target: Target;
  pace: Pace;
  now = 0;
  /** `ID: REASON` of each worker that was killed. */
  readonly kills: string[] = [];
  readonly #recycling: Recycling;
  #workers: Worker[] = [];
  #nextId = 1;

  constructor(target: Target, pace: Pace, recycling: RecyclingOptions = {}) {
    this.target = target;
    this.pace = pace;
    this.#recycling = recyclingOf(recycling);
  }

  get facts(): readonly WorkerFacts[] {
    return this.#workers.map((worker) => ({
      ...worker,
      silentSince: Number.POSITIVE_INFINITY,
      replaceFor: undefined,
    }));
  }

  /** Lets time pass until `isDone`; `check` sees every state on the way. */
  runUntil(
    isDone: (facts: readonly WorkerFacts[]) => boolean,
    check: (facts: readonly WorkerFacts[]) => void = () => {},
  ): void {
    const end = this.now + LONGEST;
    for (;;) {
      check(this.facts);
      if (isDone(this.facts)) return;
      if (this.now > end) throw new Error("it never came to that");
      this.#step();
    }
  }

  #step(): void {
    this.now += STEP;
    this.#workers = this.#workers.filter((worker) => !this.#hasDrained(worker));
    for (const worker of this.#workers) {
      if (worker.stage === "booting" && this.now - worker.stageSince >= this.pace.boot) {
        this.#enter(worker, "ready");
      } else if (worker.stage === "ready") {
        worker.requestsServed += this.pace.requestsPerStep ?? 0;
        worker.peakRss += this.pace.rssPerStep ?? 0;
      }
    }
    for (const action of plan(this.target, this.facts, this.now)) this.#do(action);
  }

  #hasDrained(worker: Worker): boolean {
    return worker.stage === "draining" && this.now - worker.stageSince >= this.pace.drain;
  }

  #do(action: Action): void {
    if (action.do === "spawn") {
      const { generation } = this.target;
      const id = this.#nextId;
      this.#nextId += 1;
      // Chances that differ, but are the same in each run.
      const maxRequests = requestLimit(this.#recycling, (id % 7) / 7);
      const fresh = { stageSince: this.now, requestsServed: 0, maxRequests, peakRss: 0 };
      this.#workers.push({ id, generation, stage: "booting", ...fresh });
      return;
    }
    const worker = this.#workers.find(({ id }) => id === action.id);
    if (worker === undefined) throw new Error(`there is no worker ${action.id}`);
    if (action.do === "drain") this.#enter(worker, "draining");
    else {
      this.kills.push(`${action.id}: ${action.why}`);
      this.#workers = this.#workers.filter((other) => other !== worker);
    }
  }

  #enter(worker: Worker, stage: Stage): void {
    worker.stage = stage;
    worker.stageSince = this.now;
  }
}
