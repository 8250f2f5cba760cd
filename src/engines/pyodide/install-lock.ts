/**
 * Keeps processes from installing the same at once. It saves work alone: what is installed takes its
 * name whole, so two that do it cost time and nothing else.
 */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { hasCode } from "../../buffers/system-error.ts";

const POLL_MS = 100;

/** Waits until no living process holds `path`, or `signal` is aborted; what it returns gives it back. */
export async function holdLock(path: string, signal: AbortSignal): Promise<Disposable> {
  while (!taken(path)) {
    if (isAbandoned(path)) rmSync(path, { force: true });
    else await sleep(POLL_MS, undefined, { signal });
  }
  return { [Symbol.dispose]: () => rmSync(path, { force: true }) };
}

function taken(path: string): boolean {
  try {
    writeFileSync(path, String(process.pid), { flag: "wx", mode: 0o600 });
    return true;
  } catch (error) {
    if (hasCode(error, "EEXIST")) return false;
    throw error;
  }
}

/** Whether the process that made it has ended without taking it away. */
function isAbandoned(path: string): boolean {
  try {
    const pid = Number(readFileSync(path, "utf8"));
    // One that has just been made is empty; 0 would ask about this process's group.
    if (pid > 0) process.kill(pid, 0);
    return false;
  } catch (error) {
    // EPERM: it lives, and is another user's. ENOENT: it has just been given back.
    return hasCode(error, "ESRCH");
  }
}
