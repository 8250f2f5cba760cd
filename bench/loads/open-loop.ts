/**
 * A load at a fixed rate: requests leave at planned instants, whether or not the server keeps up,
 * and their latency counts from then on. It is a client of our own: wrk has no rate, wrk2 is no
 * package of Debian's, and autocannon 8 (lib/httpClient.js) lets each connection send its second's
 * requests in one go, then wait for the next second, and counts from the moment of writing.
 *
 * What it adds itself: before nginx that returns 200, both on two cores, 3,300 requests/s show
 * p50 0.18 ms and p99 0.6 ms, 10,000 requests/s 0.13 ms and 0.5 ms; it takes 0.35 and 0.65 of a core.
 */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Exchange } from "../../peers/exchange.ts";
import type { Percentiles } from "./percentiles.ts";

export interface OpenLoopPlan {
  readonly port: number;
  readonly path: string;
  /** What every answer holds. */
  readonly body: string;
  readonly rate: number;
  readonly connections: number;
  readonly warmUpSeconds: number;
  readonly seconds: number;
  /** How long is waited for what has no answer, or no free connection, when the last one was due. */
  readonly lastWaitSeconds: number;
  /** One of so many requests is for another path; its latency is not counted. */
  readonly slow?: { readonly path: string; readonly every: number };
}

export interface OpenLoopReport extends Percentiles {
  readonly answered: number;
  readonly failed: number;
  /** Why they failed, and how many for each reason. */
  readonly faults: readonly string[];
}

/** @throws when the body that is expected is no text that stays the same */
export function textOf({ path, body }: Exchange): string {
  if (typeof body === "string") return body;
  if ("piece" in body) return body.piece.toString("latin1").repeat(body.times);
  throw new Error(`${path}: this load takes no body that may change`);
}

const PROGRAM = fileURLToPath(new URL("./open-loop/main.js", import.meta.url));

/** In a process of its own, which nothing else of this program delays. */
export async function runOpenLoop(
  plan: OpenLoopPlan,
  signal: AbortSignal,
): Promise<OpenLoopReport> {
  const args = [PROGRAM, JSON.stringify(plan)];
  const { stdout } = await promisify(execFile)(process.execPath, args, { signal });
  // It is what main.ts prints.
  return JSON.parse(stdout) as OpenLoopReport;
}
