/** Which requests take too long, and which workers are lost by them. */
import type { BridgeCall } from "../bridge-call.ts";
import { HeldWorkers } from "./held-workers.ts";
import { LateRequest } from "./late-request.ts";
import type { PythonWorker } from "./python-worker.ts";

export class LateRequests {
  readonly #timeout: number;
  readonly #held: HeldWorkers;
  readonly #late = new Map<BridgeCall, LateRequest>();

  /** Milliseconds for which an application may give no sign; Infinity for ever. */
  constructor(timeout: number) {
    this.#timeout = timeout;
    this.#held = new HeldWorkers(timeout);
  }

  /** To be called some times a second: a request is late by no more than the time between. */
  check(workers: Iterable<PythonWorker>, now: number): void {
    for (const [call, late] of this.#late) {
      late.check(now);
      if (late.isOver) this.#late.delete(call);
    }
    for (const worker of workers) if (worker.calls.size > 0) this.#checkWorker(worker, now);
  }

  /**
   * A worker with a thread that does not come back ends when its successor serves and no other
   * request needs it.
   */
  #checkWorker(worker: PythonWorker, now: number): void {
    let needed = 0;
    let lost = 0;
    let unbegun: number | undefined;
    for (const [streamId, call] of worker.calls.entries()) {
      // What was not begun is not late by its own doing: another worker gets it.
      if (!worker.hasBegun(streamId)) {
        call.othersTurnAt = now;
        unbegun ??= streamId;
      } else if (this.#late.get(call)?.isLost(now) === true) lost += 1;
      else {
        needed += 1;
        if (call.isClientsTurn) call.othersTurnAt = now;
        if (now - call.waitsSince > this.#timeout) this.#giveUp(call, worker, streamId);
      }
    }
    this.#held.check(worker, needed + lost < worker.threads ? unbegun : undefined, now);
    if (lost === 0) return;
    worker.wearOut({ cause: "timeout", why: "a request in it took too long" });
    if (needed === 0 && !worker.isServing) worker.abort("it does nothing but what took too long");
  }

  #giveUp(call: BridgeCall, worker: PythonWorker, streamId: number): void {
    if (this.#late.has(call)) return;
    this.#late.set(call, new LateRequest(call, worker, streamId, this.#timeout));
  }
}
