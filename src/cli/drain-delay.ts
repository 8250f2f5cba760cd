/** The time between the wish to stop and its beginning, in which whoever sends requests learns of it. */
import { setTimeout as pause } from "node:timers/promises";
import { LONGEST_TIMER } from "../server/limits.ts";
import type { Service } from "./service.ts";

/**
 * The first half is for those who check readiness to look elsewhere. In the second, each answer is its
 * connection's last: sooner, clients would only connect here again. Ends early when hurried.
 */
export async function passDrainDelay(
  milliseconds: number,
  service: Pick<Service, "endKeepAlive">,
  hurry: AbortSignal,
): Promise<void> {
  const half = Math.min(milliseconds / 2, LONGEST_TIMER);
  await pauseUnless(hurry, half);
  service.endKeepAlive();
  await pauseUnless(hurry, half);
}

async function pauseUnless(hurry: AbortSignal, milliseconds: number): Promise<void> {
  try {
    await pause(milliseconds, undefined, { signal: hurry });
  } catch (error) {
    if (!hurry.aborted) throw error;
  }
}
