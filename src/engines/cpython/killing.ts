/** How a worker's process is killed: at once, or after it has had a moment to say where it is. */
import type { PythonProcess } from "./python-process.ts";

/** What a worker that does not come up, or takes too long, gets to say where it hangs, in milliseconds. */
const TIME_TO_EXPLAIN = 1_000;

export class Killing {
  readonly #process: PythonProcess;
  why: string | undefined;

  constructor(process: PythonProcess) {
    this.#process = process;
  }

  atOnce(why: string): void {
    this.why ??= why;
    this.#process.ref();
    this.#process.kill("SIGKILL");
  }

  /** It does not come up, and was asked where it hangs. */
  onceExplained(why: string): void {
    this.why = why;
    this.#process.explain();
    setTimeout(() => this.#process.kill("SIGKILL"), TIME_TO_EXPLAIN).unref();
  }

  /** gunicorn's `worker_abort` hook runs at SIGABRT. */
  onceAborted(why: string): void {
    this.why = why;
    this.#process.kill("SIGABRT");
    setTimeout(() => this.atOnce(why), TIME_TO_EXPLAIN);
  }
}
