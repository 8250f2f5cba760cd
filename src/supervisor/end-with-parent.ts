/** Ends this process when its parent is gone, even while an endless loop keeps it from noticing. */
import { Worker } from "node:worker_threads";

/** How often it is looked at who the parent is, in milliseconds. */
const LOOK_EVERY = 1_000;

/** A thread of its own, which no application can keep from running. */
const WATCH = `
const { workerData: parent } = require("node:worker_threads");
setInterval(() => {
  if (process.ppid !== parent) process.kill(process.pid, "SIGKILL");
}, ${LOOK_EVERY});
`;

export function endWithParent(parent: number): void {
  new Worker(WATCH, { eval: true, execArgv: [], env: {}, workerData: parent }).unref();
}
