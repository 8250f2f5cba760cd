/** A file without a name: gone with the last process that has it open. */
import { mkdtempSync, openSync, rmdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Its descriptor, which is the caller's to close; to read and to write. */
export function openUnlinked(): number {
  const directory = mkdtempSync(join(tmpdir(), "portico-"));
  const path = join(directory, "file");
  try {
    return openSync(path, "wx+", 0o600);
  } finally {
    rmSync(path, { force: true });
    rmdirSync(directory);
  }
}
