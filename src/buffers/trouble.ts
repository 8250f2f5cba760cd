/** What goes wrong with temporary files and costs nobody an answer, for the operator to know. */

/** One line in so many milliseconds is enough to be told of a disk. */
const EVERY = 60_000;

let log: ((message: string) => void) | undefined;
let saidAt = Number.NEGATIVE_INFINITY;

/** Of several servers in one process the last one is told. */
export function tellTroubleTo(warning: (message: string) => void): void {
  log = warning;
  saidAt = Number.NEGATIVE_INFINITY;
}

export function reportTrouble(error: unknown): void {
  const now = performance.now();
  if (now - saidAt < EVERY) return;
  saidAt = now;
  const what = error instanceof Error ? error.message : String(error);
  log?.(`Temporary files (see TMPDIR and --limit-buffer-disk): ${what}`);
}
