/**
 * The file in which a worker notes the last stream it has begun.
 *
 * It outlives the worker, so that after a crash the requests it had not begun
 * can be given to another, and those it had are never run twice.
 */
import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export class BegunMarker {
  readonly fd: number;

  constructor() {
    // Unlinked at once: nothing is left behind however this process ends.
    const directory = mkdtempSync(join(tmpdir(), "portico-"));
    try {
      this.fd = openSync(join(directory, "begun"), "wx+", 0o600);
    } finally {
      rmSync(directory, { recursive: true });
    }
    writeSync(this.fd, Buffer.alloc(4), 0, 4, 0);
  }

  /** The number of the last stream that the worker began, 0 for none. */
  read(): number {
    const bytes = Buffer.alloc(4);
    readSync(this.fd, bytes, 0, 4, 0);
    return bytes.readUInt32BE(0);
  }

  close(): void {
    closeSync(this.fd);
  }
}
