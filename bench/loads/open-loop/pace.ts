/**
 * Wakes the thread that sends whenever a request is due. A thread of its own, since timers of an
 * event loop are whole milliseconds, while a thread that waits is woken within a tenth of one.
 */
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";

interface Score {
  /** Seconds of {@link now}. */
  readonly start: number;
  readonly rate: number;
  readonly total: number;
  /** One number, which is 1 while a wake-up is on its way: there is no use in a second one. */
  readonly bell: Int32Array;
}

/** Seconds of a clock that all threads and processes share. */
export function now(): number {
  return Number(process.hrtime.bigint()) / 1e9;
}

/** Calls `due` at about `start`, `start + 1 / rate`, and so on; whoever comes late finds several due. */
export function startPace(score: Omit<Score, "bell">, due: () => void): Worker {
  const bell = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const pace = new Worker(new URL(import.meta.url), { workerData: { ...score, bell } });
  pace.on("message", () => {
    Atomics.store(bell, 0, 0);
    due();
  });
  return pace;
}

function keepPace({ start, rate, total, bell }: Score): void {
  const never = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  for (let next = 0; next < total; ) {
    const wait = start + next / rate - now();
    if (wait > 0) {
      Atomics.wait(never, 0, 0, wait * 1000);
      continue;
    }
    if (Atomics.exchange(bell, 0, 1) === 0) parentPort?.postMessage("due");
    next = Math.floor((now() - start) * rate) + 1;
  }
}

// The data is what startPace gave.
if (!isMainThread) keepPace(workerData as Score);
