/** The stacks that a worker writes, told by a signal, while native code keeps its interpreter. */
import { hasCode } from "../../buffers/system-error.ts";
import type { Marker } from "./begun-marker.ts";
import type { Bridge } from "./python-process.ts";

/** Its number comes from the worker, which may be hostile. */
const EXPECTED = ["ESRCH", "EINVAL", "ERR_UNKNOWN_SIGNAL"] as const;

export class WrittenStacks {
  #marker: Marker | undefined;

  constructor(bridge: Promise<Bridge | undefined>) {
    void bridge.then((there) => {
      this.#marker = there?.marker;
    });
  }

  /** Nothing happens where the worker has named no signal, or none that there is, or ends this very moment. */
  ask(pid: number | undefined, signal: number | undefined): void {
    if (pid === undefined || !signal) return;
    try {
      // ChildProcess.kill knows names alone, and real-time signals have none.
      process.kill(pid, signal);
    } catch (error) {
      if (!hasCode(error, ...EXPECTED)) throw error;
    }
  }

  /** What has been written since this was called last, empty for nothing. */
  read(): string {
    return this.#marker?.readStacks() ?? "";
  }
}
