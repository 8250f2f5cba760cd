/** The stacks that a worker writes, told by a signal, while native code keeps its interpreter. */
import type { BegunMarker } from "./begun-marker.ts";

export class WrittenStacks {
  readonly #marker: BegunMarker;

  constructor(marker: BegunMarker) {
    this.#marker = marker;
  }

  /** Nothing happens where the worker has named no signal. The process must be there. */
  ask(pid: number | undefined, signal: number | undefined): void {
    // ChildProcess.kill knows names alone, and real-time signals have none.
    if (pid !== undefined && signal) process.kill(pid, signal);
  }

  /** What has been written since this was called last, empty for nothing. */
  read(): string {
    return this.#marker.readStacks();
  }
}
