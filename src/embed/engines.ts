/**
 * The engines of this process, so that a server can start and stop those its
 * application is made of, however deep they are wrapped.
 *
 * An application that `python()` returned may be inside middleware and mounts
 * that no server can look into; it says here that it exists.
 */
import { setMaxListeners } from "node:events";
import type { PythonOptions } from "../engines/cpython/python-options.ts";
import type { Engine, EngineStats } from "../engines/engine.ts";
import type { ReloadOutcome } from "../processes/generations.ts";
import type { EndingOfWorker, GroupStatus } from "../processes/group-status.ts";
import type { OwnStatistics } from "../server/server.ts";
import type { ServerStatistics } from "../stats/server-statistics.ts";
import { sumTallies } from "../stats/tally.ts";

export interface EnginesStatistics {
  readonly totals: Pick<ServerStatistics["totals"], "endings">;
  readonly present: Omit<ServerStatistics["present"], keyof OwnStatistics["present"]>;
}

interface Registered {
  readonly engine: Engine;
  starting: Promise<unknown> | undefined;
  /** The end of its last run; it starts again only after that. */
  stopping: Promise<void>;
}

interface Registry {
  readonly engines: Set<Registered>;
  holders: number;
  /** What `python()` takes where its caller says nothing: the command line's word. */
  defaults: PythonOptions;
}

/** Shared by all copies of this package in the process, as a linked and an installed one. */
const KEY = Symbol.for("portico.engines");

function registry(): Registry {
  const holder = globalThis as { [KEY]?: Registry };
  holder[KEY] ??= { engines: new Set(), holders: 0, defaults: {} };
  return holder[KEY];
}

/** Sets what later calls of `python()` take where their caller says nothing. */
export function setPythonDefaults(defaults: PythonOptions): void {
  registry().defaults = defaults;
}

export function pythonDefaults(): PythonOptions {
  return registry().defaults;
}

/** Makes an engine known; the function returned starts it, once however often it is called. */
export function registerEngine(engine: Engine): () => Promise<unknown> {
  const registered: Registered = { engine, starting: undefined, stopping: Promise.resolve() };
  registry().engines.add(registered);
  return () => startOnce(registered);
}

/** What each engine that has started runs its application with. */
export function runtimes(): readonly string[] {
  const started = [...registry().engines].filter(({ starting }) => starting !== undefined);
  return [...new Set(started.map(({ engine }) => engine.runtime))];
}

/** Starts all engines there are; each call needs one {@link releaseEngines}. */
export async function holdEngines(): Promise<void> {
  const { engines } = registry();
  registry().holders += 1;
  await Promise.all([...engines].map(startOnce));
}

/** Stops all engines when the last holder lets go; open requests may finish until `deadline`. */
export async function releaseEngines(deadline: AbortSignal): Promise<void> {
  registry().holders -= 1;
  if (registry().holders > 0) return;
  await stopAll(running(), deadline);
}

/** Whether any application of this process is another language's. */
export function hasEngines(): boolean {
  return registry().engines.size > 0;
}

/** What runs now: for who wants to know later what has been started since. */
export function runningEngines(): ReadonlySet<Engine> {
  return new Set(running().map(({ engine }) => engine));
}

/** Stops those that have been started since, as long as no server holds them; open requests may finish until `deadline`. */
export async function stopEnginesBeside(
  before: ReadonlySet<Engine>,
  deadline: AbortSignal,
): Promise<void> {
  if (registry().holders > 0) return;
  await stopAll(
    running().filter(({ engine }) => !before.has(engine)),
    deadline,
  );
}

/** Why some application of this process could not be run now; undefined if each could. */
export function whyUnable(): string | undefined {
  const isUnable = running().some(({ engine }) => engine.isWithoutWorkers);
  return isUnable ? "no worker serves" : undefined;
}

/** Reloads those that run; the first that fails says why. */
export async function reloadEngines(): Promise<ReloadOutcome> {
  const outcomes = await Promise.all(running().map(({ engine }) => engine.reload()));
  return outcomes.find((outcome) => outcome.kind === "failed") ?? { kind: "reloaded" };
}

/** Returns how many workers they are to have together. */
export function resizeEngines(by: number): number {
  return running().reduce((workers, { engine }) => workers + engine.resize(by), 0);
}

/** How the workers of all that run fare, as those of one group. */
export function engineGroup(): GroupStatus {
  const groups = running().map(({ engine }) => engine.group);
  return {
    wanted: groups.reduce((sum, { wanted }) => sum + wanted, 0),
    generation: Math.max(1, ...groups.map(({ generation }) => generation)),
    isReloading: groups.some(({ isReloading }) => isReloading),
    workers: groups.flatMap(({ workers }) => workers),
  };
}

/** Ends the one worker that has this pid, because of `why`; false where none has. */
export function endEngineWorker(pid: number, how: EndingOfWorker, why: string): boolean {
  return running().some(({ engine }) => engine.endWorker(pid, how, why));
}

/** What all have counted, in the terms of their server; those that have stopped keep their counts. */
export function enginesStatistics(): EnginesStatistics {
  const all = [...registry().engines].map(({ engine }) => engine.stats());
  const sum = (count: (stats: EngineStats) => number): number =>
    all.reduce((total, stats) => total + count(stats), 0);
  return {
    totals: { endings: sumTallies(all.map(({ endings }) => endings)) },
    present: {
      workers: sumTallies(all.map(({ workers }) => workers)),
      threads: sum(({ threads }) => threads),
      busyThreads: sum(({ busyThreads }) => busyThreads),
      // What a worker was sent ahead waits as well.
      queued: sum(({ queued, busy, busyThreads }) => queued + busy - busyThreads),
      pids: all.flatMap(({ pids }) => pids),
    },
  };
}

function running(): readonly Registered[] {
  return [...registry().engines].filter((registered) => registered.starting !== undefined);
}

function startOnce(registered: Registered): Promise<unknown> {
  registered.starting ??= start(registered);
  return registered.starting;
}

/** One that cannot start is forgotten: it must not keep other applications' servers from starting. */
async function start(registered: Registered): Promise<unknown> {
  const { engines } = registry();
  engines.add(registered);
  await registered.stopping;
  try {
    return await registered.engine.start();
  } catch (error) {
    engines.delete(registered);
    await stop(registered, AbortSignal.abort());
    throw error;
  }
}

async function stopAll(all: readonly Registered[], deadline: AbortSignal): Promise<void> {
  // Each engine listens to it: more than ten are no leak.
  setMaxListeners(0, deadline);
  await Promise.all(all.map((registered) => stop(registered, deadline)));
}

function stop(registered: Registered, deadline: AbortSignal): Promise<void> {
  registered.starting = undefined;
  registered.stopping = registered.engine.stop(deadline);
  return registered.stopping;
}
