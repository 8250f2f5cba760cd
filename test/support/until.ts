/** Waits for what announces itself by no event, such as the end of somebody else's process. */
import { existsSync, readFileSync } from "node:fs";

const LONGEST_WAIT = 10_000;
const LOOK_EVERY = 5;

/** @throws if `isSo` has not become true in time; `what` says what that was. */
export async function until(what: string, isSo: () => boolean): Promise<void> {
  const deadline = performance.now() + LONGEST_WAIT;
  while (!isSo()) {
    if (performance.now() > deadline) throw new Error(`not within ${LONGEST_WAIT} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY));
  }
}

/** Whether a process runs; one that has ended and that nobody has asked for its status does not. */
export function isRunning(pid: number): boolean {
  if (!existsSync(`/proc/${pid}/stat`)) return false;
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    // It has ended between the two looks.
    return false;
  }
}
