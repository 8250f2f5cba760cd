/** The terminal that this process was started from, if it was. */
import { closeSync, openSync } from "node:fs";
import { isatty } from "node:tty";

export class Terminal {
  readonly #files = [0, 1, 2].filter((file) => isatty(file));

  /** Undefined where no terminal is in charge of this process. */
  static own(): Terminal | undefined {
    return isThere() ? new Terminal() : undefined;
  }

  /** The kernel takes a terminal that closes away before it sends HUP. */
  get isClosed(): boolean {
    return !isThere();
  }

  /** Node.js aborts when it ends with files of a terminal that is gone (ResetStdio in its node.cc). */
  leave(): void {
    for (const file of this.#files) {
      closeSync(file);
      // It gets the number that has just become free.
      openSync("/dev/null", "r+");
    }
  }
}

function isThere(): boolean {
  try {
    closeSync(openSync("/dev/tty", "r"));
    return true;
  } catch {
    // ENXIO: there is none.
    return false;
  }
}
