/** What a server has written to its error log, where its judges can read that. */
import { setTimeout as pause } from "node:timers/promises";
import type { ProbedServer } from "./probed-server.ts";

/** How often a log is looked at, in milliseconds. */
const INTERVAL = 50;

/** Whether the log is soon as it must be; undefined where nobody can look. */
export async function logSays(
  { expectations, patience }: ProbedServer,
  isSaid: (log: string) => boolean,
): Promise<boolean | undefined> {
  if (expectations.log === undefined) return undefined;
  const deadline = performance.now() + patience;
  for (;;) {
    if (isSaid(await expectations.log())) return true;
    if (performance.now() > deadline) return false;
    await pause(INTERVAL);
  }
}
