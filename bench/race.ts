/** Lets the servers of one work take turns, and gives what was measured of each. */
import { ServerProcess } from "../peers/server-process.ts";
import { type PlannedWork, serversOf } from "./plan.ts";
import { progressOf } from "./progress.ts";
import type { Measurement, ServerResult, WorkResult } from "./results.ts";
import type { BenchServer, Served } from "./servers/bench-server.ts";
import { whyMissing } from "./servers/needs.ts";
import { type Row, rowsOf, type Work } from "./work.ts";

export interface RaceSettings {
  /** A directory for what servers write. */
  readonly scratch: string;
  readonly signal: AbortSignal;
}

/** Milliseconds for the end of a turn: nobody is served any more, and uWSGI would take many seconds. */
const patience = 500;

/** One row of the race, with what was found of it so far. */
interface Runner extends Row {
  readonly rounds: Measurement[];
  failure: string | undefined;
}

/** Every server has one turn a round, so that a noisy minute falls on all of them. */
export async function race(
  { work, servers, rounds, seconds }: PlannedWork,
  settings: RaceSettings,
): Promise<WorkResult> {
  const date = new Date().toISOString();
  const unprepared = await prepare(work, settings);
  const runners: Runner[] = rowsOf(work, servers).map((row) => ({
    ...row,
    rounds: [],
    failure: unprepared ?? whyMissing(row.server.needs),
  }));
  for (const { name, failure } of runners) {
    if (failure !== undefined) console.log(`${work.name}, ${name}: not run: ${failure}`);
  }
  for (let round = 1; round <= rounds; round += 1) {
    for (const runner of runners.filter(({ failure }) => failure === undefined)) {
      await takeTurn(runner, seconds, settings);
    }
  }
  return {
    work: work.name,
    title: work.title,
    load: `${work.load.words}, ${seconds} s a turn`,
    measure: work.measure,
    servers: runners.map((runner) => resultOf(runner)),
    date,
  };
}

/** @returns why no server can take its turn, if so */
async function prepare(work: Work, settings: RaceSettings): Promise<string | undefined> {
  if (work.load.prepare === undefined) return undefined;
  const start = async (name: string): Promise<ServerProcess> => {
    const server = serversOf(work).find((each) => each.name === name);
    if (server === undefined) throw new Error(`${work.name} has no ${name}`);
    return await startServer(work, server, settings);
  };
  try {
    await work.load.prepare(start, settings.signal);
    console.log(`${work.name}: ${work.load.words}`);
    return undefined;
  } catch (error) {
    settings.signal.throwIfAborted();
    return `the load was not made: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** What fails costs the server this and its later turns, not the others theirs. */
async function takeTurn(runner: Runner, seconds: number, settings: RaceSettings): Promise<void> {
  const label = `${runner.work.name}, ${runner.name}`;
  try {
    const measurement = await measure(runner, seconds, settings);
    runner.rounds.push(measurement);
    console.log(`${label}: ${progressOf(measurement)}`);
  } catch (error) {
    settings.signal.throwIfAborted();
    runner.failure = error instanceof Error ? error.message : String(error);
    console.log(`${label}: failed: ${runner.failure}`);
  }
}

async function measure(
  { work, server }: Row,
  seconds: number,
  settings: RaceSettings,
): Promise<Measurement> {
  await using running = await startServer(work, server, settings);
  await verifyAll(running, work.load.connections);
  const measurement = await work.load.run({ server: running, seconds, signal: settings.signal });
  await verifyAll(running, work.load.connections);
  return measurement;
}

async function startServer(
  work: Work,
  server: BenchServer,
  { scratch, signal }: RaceSettings,
): Promise<ServerProcess> {
  const peer = {
    name: server.name,
    command: (port: string) => {
      const facts = served(work, port, scratch);
      server.prepare?.(facts);
      return server.command(facts);
    },
    environ: server.environ?.(served(work, "", scratch)) ?? {},
    ready: work.exchange,
    patience,
  };
  return await ServerProcess.start(peer, signal);
}

function served(work: Work, port: string, scratch: string): Served {
  const { application, threads, workers, idleSeconds } = work;
  return { application, port, threads, workers, idleSeconds, scratch };
}

/** As many requests at the same time as the load has connections, none of which may be forgotten. */
async function verifyAll(server: ServerProcess, connections: number): Promise<void> {
  await Promise.all(Array.from({ length: connections }, () => server.verify()));
}

function resultOf({ work, name, variant, server, rounds, failure }: Runner): ServerResult {
  const { software, command, remark } = server;
  const words = command(served(work, "PORT", "$TMPDIR")).join(" ");
  return {
    server: name,
    ...(variant === undefined ? {} : { variant }),
    software,
    settings: remark === undefined ? words : `${words} (${remark})`,
    rounds,
    ...(failure === undefined ? {} : { failure }),
  };
}
