/**
 * What to do next about a set of worker processes, decided from facts alone.
 *
 * The supervisor asks this about its server workers and the CPython engine
 * about its Python ones. Nothing here spawns, signals or reads a clock; all
 * times are milliseconds of the same clock.
 */

import type { Cause, Dismissal } from "./endings.ts";

export type Stage = "booting" | "ready" | "draining";

export interface WorkerFacts {
  readonly id: number;
  readonly generation: number;
  readonly stage: Stage;
  readonly stageSince: number;
  /** Since when it has owed a sign of life that it was asked for; Infinity if it owes none. */
  readonly silentSince: number;
  readonly requestsServed: number;
  /** After how many it is worn, with its own share of the jitter; Infinity for never. */
  readonly maxRequests: number;
  /** The most memory that it was seen to hold, in bytes; 0 where nobody looks. */
  readonly peakRss: number;
  /** Why it says itself that it should be replaced, if it does. */
  readonly worn?: Dismissal | undefined;
  /** Why somebody wants another in its place, if so. */
  readonly replaceFor: string | undefined;
}

export interface Target {
  readonly workers: number;
  /** Raised at each reload; older workers are replaced. */
  readonly generation: number;
  /** Since it was ready; Infinity for no end. */
  readonly maxWorkerAge: number;
  /** In bytes; Infinity for no limit. */
  readonly maxRss: number;
  readonly bootTimeout: number;
  readonly heartbeatTimeout: number;
  readonly drainTimeout: number;
  /** No worker is spawned before: the growing pause after workers that failed to boot. */
  readonly spawnNotBefore: number;
}

export type Action =
  | { readonly do: "spawn" }
  | { readonly do: "drain"; readonly id: number; readonly cause: Cause; readonly why: string }
  | { readonly do: "kill"; readonly id: number; readonly why: string };

/** A limit below what new workers hold must not replace one after the other without a rest. */
const MEMORY_COUNTS_AFTER = 5_000;

const ONE_TOO_MANY: Dismissal = { cause: "resize", why: "it is one too many" };
const UNWANTED: Dismissal = { cause: "reload", why: "its code is not wanted" };

export function plan(target: Target, workers: readonly WorkerFacts[], now: number): Action[] {
  const kills = workers.flatMap((worker): Action[] => {
    const why = overdue(worker, target, now);
    return why === undefined ? [] : [{ do: "kill", id: worker.id, why }];
  });
  const ready = workers.filter((worker) => worker.stage === "ready");
  const booting = workers.filter((worker) => worker.stage === "booting");
  const useful = booting.filter((worker) => worker.generation === target.generation);
  const isWorn = ready.some((worker) => wornBy(worker, target, now) !== undefined);
  const missing = Math.max(0, target.workers - ready.length);
  // One successor at a time, and only beside a full set.
  const wanted = missing > 0 ? missing : Number(isWorn && ready.length === target.workers);
  const spawns = now < target.spawnNotBefore ? 0 : Math.max(0, wanted - useful.length);
  return [
    ...kills,
    ...Array.from({ length: spawns }, (): Action => ({ do: "spawn" })),
    ...dismiss(booting, useful, wanted),
    ...thin(target, ready, now),
  ];
}

/** Drains workers that boot in vain: with code that is no longer wanted, or one too many, newest first. */
function dismiss(
  booting: readonly WorkerFacts[],
  useful: readonly WorkerFacts[],
  wanted: number,
): Action[] {
  const outdated = booting.filter((worker) => !useful.includes(worker));
  return [
    ...outdated.map(({ id }): Action => ({ do: "drain", id, ...UNWANTED })),
    ...useful.slice(wanted).map(({ id }): Action => ({ do: "drain", id, ...ONE_TOO_MANY })),
  ];
}

/** Drains as many ready workers as are too many, the most worn first. */
function thin(target: Target, ready: readonly WorkerFacts[], now: number): Action[] {
  const tooMany = Math.max(0, ready.length - target.workers);
  return ready
    .map((worker) => ({ worker, wear: wornBy(worker, target, now) }))
    .sort(mostWornFirst)
    .slice(0, tooMany)
    .map(({ worker, wear }) => ({ do: "drain", id: worker.id, ...(wear ?? ONE_TOO_MANY) }));
}

interface Worn {
  readonly worker: WorkerFacts;
  readonly wear: Dismissal | undefined;
}

function mostWornFirst(a: Worn, b: Worn): number {
  return (
    a.worker.generation - b.worker.generation ||
    Number(b.wear !== undefined) - Number(a.wear !== undefined) ||
    b.worker.requestsServed - a.worker.requestsServed ||
    a.worker.id - b.worker.id
  );
}

/** Why a worker that serves is to be replaced; undefined if it is not. */
function wornBy(worker: WorkerFacts, target: Target, now: number): Dismissal | undefined {
  if (worker.generation !== target.generation) {
    return { cause: "reload", why: "the application was loaded anew" };
  }
  const { requestsServed, maxRequests, peakRss, replaceFor } = worker;
  if (worker.worn !== undefined) return worker.worn;
  if (replaceFor !== undefined) return { cause: "told", why: replaceFor };
  if (requestsServed >= maxRequests) {
    const why = `it has served ${requestsServed} requests (its limit: ${maxRequests})`;
    return { cause: "max-requests", why };
  }
  const age = now - worker.stageSince;
  if (peakRss >= target.maxRss && age >= MEMORY_COUNTS_AFTER) {
    const why = `it held ${mebibytes(peakRss)} of memory (its limit: ${mebibytes(target.maxRss)})`;
    return { cause: "max-rss", why };
  }
  if (age < target.maxWorkerAge) return undefined;
  const why = `it is ${seconds(age)} old (its limit: ${seconds(target.maxWorkerAge)})`;
  return { cause: "max-age", why };
}

function overdue(worker: WorkerFacts, target: Target, now: number): string | undefined {
  const since = now - worker.stageSince;
  switch (worker.stage) {
    case "booting":
      return since > target.bootTimeout
        ? `it was not ready within ${seconds(target.bootTimeout)}`
        : undefined;
    case "draining":
      return since > target.drainTimeout
        ? `it did not finish within ${seconds(target.drainTimeout)}`
        : undefined;
    case "ready":
      return now - worker.silentSince > target.heartbeatTimeout
        ? `it gave no sign of life for ${seconds(target.heartbeatTimeout)}`
        : undefined;
  }
}

function seconds(milliseconds: number): string {
  return `${Number((milliseconds / 1000).toFixed(1))} s`;
}

function mebibytes(bytes: number): string {
  return `${(bytes / 1024 ** 2).toFixed(0)} MiB`;
}
