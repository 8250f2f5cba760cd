/**
 * What to do next about a set of worker processes, decided from facts alone.
 *
 * The supervisor asks this about its server workers and the CPython engine
 * about its Python ones. Nothing here spawns, signals or reads a clock; all
 * times are milliseconds of the same clock.
 */

export type Stage = "booting" | "ready" | "draining";

export interface WorkerFacts {
  readonly id: number;
  readonly generation: number;
  readonly stage: Stage;
  readonly stageSince: number;
  /** Since when it has owed a sign of life that it was asked for; Infinity if it owes none. */
  readonly silentSince: number;
  readonly requestsServed: number;
}

export interface Target {
  readonly workers: number;
  /** Raised by one at each reload; older workers are replaced. */
  readonly generation: number;
  readonly maxRequests: number;
  readonly bootTimeout: number;
  readonly heartbeatTimeout: number;
  readonly drainTimeout: number;
  /** No worker is spawned before: the growing pause after workers that failed to boot. */
  readonly spawnNotBefore: number;
}

export type Action =
  | { readonly do: "spawn" }
  | { readonly do: "drain"; readonly id: number; readonly why: string }
  | { readonly do: "kill"; readonly id: number; readonly why: string };

export function plan(target: Target, workers: readonly WorkerFacts[], now: number): Action[] {
  const kills = workers.flatMap((worker): Action[] => {
    const why = overdue(worker, target, now);
    return why === undefined ? [] : [{ do: "kill", id: worker.id, why }];
  });
  const serving = workers.filter((worker) => worker.stage !== "draining");
  const ready = serving.filter((worker) => worker.stage === "ready");
  const spawns = now < target.spawnNotBefore ? [] : missing(target, serving, ready);
  return [...kills, ...spawns, ...thin(target, ready)];
}

/** Spawns as many as are missing, or a successor for one worn worker. */
function missing(
  target: Target,
  serving: readonly WorkerFacts[],
  ready: readonly WorkerFacts[],
): Action[] {
  const count = Math.max(0, target.workers - serving.length);
  if (count > 0) return Array.from({ length: count }, () => ({ do: "spawn" }));
  return renew(target, serving, ready);
}

/** Drains as many ready workers as are too many, the most worn first. */
function thin(target: Target, ready: readonly WorkerFacts[]): Action[] {
  const tooMany = Math.max(0, ready.length - target.workers);
  const mostWorn = [...ready].sort(mostWornFirst).slice(0, tooMany);
  return mostWorn.map(({ id }) => ({ do: "drain", id, why: "one too many" }));
}

/** Spawns a successor for one worn worker; once it is ready, {@link thin} drains the worn one. */
function renew(
  target: Target,
  serving: readonly WorkerFacts[],
  ready: readonly WorkerFacts[],
): Action[] {
  const settled = ready.length === target.workers && serving.length === target.workers;
  return settled && ready.some((worker) => isWorn(worker, target)) ? [{ do: "spawn" }] : [];
}

function overdue(worker: WorkerFacts, target: Target, now: number): string | undefined {
  const since = now - worker.stageSince;
  switch (worker.stage) {
    case "booting":
      return since > target.bootTimeout ? "did not boot in time" : undefined;
    case "draining":
      return since > target.drainTimeout ? "did not drain in time" : undefined;
    case "ready":
      return now - worker.silentSince > target.heartbeatTimeout ? "stopped answering" : undefined;
  }
}

function isWorn(worker: WorkerFacts, target: Target): boolean {
  return worker.generation < target.generation || worker.requestsServed >= target.maxRequests;
}

function mostWornFirst(a: WorkerFacts, b: WorkerFacts): number {
  return a.generation - b.generation || b.requestsServed - a.requestsServed || a.id - b.id;
}
