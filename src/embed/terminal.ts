/** The terminal that this process was started from, if it was. */
import { closeSync, openSync } from "node:fs";

/** Whether there is one. One that has closed is none: the kernel takes it away before it sends HUP. */
export function hasTerminal(): boolean {
  try {
    closeSync(openSync("/dev/tty", "r"));
    return true;
  } catch {
    // ENXIO: no terminal is in charge of this process, or not any more.
    return false;
  }
}
