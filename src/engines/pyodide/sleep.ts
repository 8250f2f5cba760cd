/** How an interpreter sleeps: as a thread of the system does, until its time is over or a signal comes. */
import type { PyodideAPI } from "pyodide";

/** @param signal holds the number of one that has come, or 0; whoever sets it wakes who waits there */
export function sleepOf(
  python: PyodideAPI,
  signal: SharedArrayBuffer,
): (milliseconds: number) => void {
  const number = new Int32Array(signal);
  return (milliseconds) => {
    Atomics.wait(number, 0, 0, milliseconds);
    // Runs its handler, which may raise what the sleeper then gets.
    python.checkInterrupt();
  };
}
