/** Workers with threads that do not come back from what they have answered, as from a `close()` that hangs. */

import { nameOf } from "../../processes/worker-process.ts";
import type { PythonWorker } from "./python-worker.ts";

/** How long the stacks of its threads take to be written, in milliseconds. */
const TIME_TO_WRITE = 200;

interface Held {
  /** The first request that it has and does not begin. */
  readonly streamId: number;
  readonly since: number;
  /** Whether its stacks have been asked for. */
  isAsked: boolean;
}

export class HeldWorkers {
  readonly #timeout: number;
  readonly #held = new WeakMap<PythonWorker, Held>();

  /** Milliseconds for which a worker with a free thread may begin nothing; Infinity for ever. */
  constructor(timeout: number) {
    this.#timeout = timeout;
  }

  /** To be called some times a second, with what `worker` could begin; undefined if nothing. */
  check(worker: PythonWorker, couldBegin: number | undefined, now: number): void {
    // Who does not hear has another trouble, and is killed for that.
    if (couldBegin === undefined || worker.silentSince <= now || worker.worn !== undefined) {
      this.#held.delete(worker);
      return;
    }
    const held = this.#held.get(worker);
    if (held?.streamId !== couldBegin) {
      this.#held.set(worker, { streamId: couldBegin, since: now, isAsked: false });
    } else if (now - held.since > this.#timeout + TIME_TO_WRITE) this.#giveUp(worker);
    else if (now - held.since > this.#timeout && !held.isAsked) {
      held.isAsked = true;
      worker.stacks.ask(worker.pid, worker.facts?.stacksSignal);
    }
  }

  #giveUp(worker: PythonWorker): void {
    const stacks = worker.stacks.read();
    const where = stacks && `; its threads are at (most recent call first)\n${stacks}`;
    const what = `has begun no request for --timeout ${this.#timeout / 1000} s`;
    const why = "what it has answered does not let go of its thread, as where close() hangs";
    worker.log.error(`WORKER TIMEOUT (${nameOf(worker)}): it ${what}: ${why}${where}`);
    worker.wearOut({ cause: "timeout", why: "an answered request in it does not end" });
  }
}
