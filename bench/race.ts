/** Lets the servers of one work take turns, and gives what was measured of each. */
import { ServerProcess } from "../peers/server-process.ts";
import type { PlannedWork } from "./plan.ts";
import { progressOf } from "./progress.ts";
import type { Measurement, ServerResult, WorkResult } from "./results.ts";
import type { BenchServer, Served } from "./servers/bench-server.ts";
import { whyMissing } from "./servers/needs.ts";
import type { Work } from "./work.ts";

export interface RaceSettings {
  readonly rounds: number;
  readonly seconds: number;
  /** A directory for what servers write. */
  readonly scratch: string;
  readonly signal: AbortSignal;
}

/** One server of the race, with what was found of it so far. */
interface Runner {
  readonly server: BenchServer;
  readonly rounds: Measurement[];
  failure: string | undefined;
}

/** Every server has one turn a round, so that a noisy minute falls on all of them. */
export async function race(
  { work, servers }: PlannedWork,
  settings: RaceSettings,
): Promise<WorkResult> {
  const date = new Date().toISOString();
  const seconds = work.seconds ?? settings.seconds;
  const runners: Runner[] = servers.map((server) => ({
    server,
    rounds: [],
    failure: whyMissing(server.needs),
  }));
  for (const { server, failure } of runners) {
    if (failure !== undefined) console.log(`${work.name}, ${server.name}: not run: ${failure}`);
  }
  for (let round = 1; round <= settings.rounds; round += 1) {
    for (const runner of runners.filter(({ failure }) => failure === undefined)) {
      await takeTurn(work, runner, { ...settings, seconds });
    }
  }
  return {
    work: work.name,
    title: work.title,
    load: `${work.load.words}, ${seconds} s a turn`,
    measure: work.measure,
    servers: runners.map((runner) => resultOf(work, runner)),
    date,
  };
}

/** What fails costs the server this and its later turns, not the others theirs. */
async function takeTurn(work: Work, runner: Runner, settings: RaceSettings): Promise<void> {
  const label = `${work.name}, ${runner.server.name}`;
  try {
    const measurement = await measure(work, runner.server, settings);
    runner.rounds.push(measurement);
    console.log(`${label}: ${progressOf(measurement)}`);
  } catch (error) {
    settings.signal.throwIfAborted();
    runner.failure = error instanceof Error ? error.message : String(error);
    console.log(`${label}: failed: ${runner.failure}`);
  }
}

async function measure(
  work: Work,
  server: BenchServer,
  { seconds, scratch, signal }: RaceSettings,
): Promise<Measurement> {
  const peer = {
    name: server.name,
    command: (port: string) => server.command(served(work, port, scratch)),
    environ: server.environ?.(served(work, "", scratch)) ?? {},
    ready: work.exchange,
  };
  await using running = await ServerProcess.start(peer, signal);
  await verifyAll(running, work.load.connections);
  const measurement = await work.load.run({ server: running, seconds, signal });
  await verifyAll(running, work.load.connections);
  return measurement;
}

function served({ application, threads }: Work, port: string, scratch: string): Served {
  return { application, port, threads, scratch };
}

/** As many requests at the same time as the load has connections, none of which may be forgotten. */
async function verifyAll(server: ServerProcess, connections: number): Promise<void> {
  await Promise.all(Array.from({ length: connections }, () => server.verify()));
}

function resultOf(work: Work, { server, rounds, failure }: Runner): ServerResult {
  const { name, software, command, remark } = server;
  const words = command(served(work, "PORT", "$TMPDIR")).join(" ");
  return {
    server: name,
    software,
    settings: remark === undefined ? words : `${words} (${remark})`,
    rounds,
    ...(failure === undefined ? {} : { failure }),
  };
}
