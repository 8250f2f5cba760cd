/** `npm run bench`: all servers take turns under the same load, in several rounds of one run. */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { positive, runCommand, whenStopped } from "../peers/command.ts";
import { totalCpuSeconds } from "../peers/process-tree.ts";
import { ServerProcess } from "../peers/server-process.ts";
import { generateLoad } from "./load.ts";
import { printResults } from "./report/print-results.ts";
import type { Measurement, Results, WorkResult } from "./results.ts";
import { type Contestant, contestants, ready } from "./servers.ts";

interface Result {
  readonly contestant: Contestant;
  readonly rounds: readonly Measurement[];
}

interface Plan {
  readonly rounds: number;
  readonly seconds: number;
  readonly connections: number;
  readonly contestants: readonly Contestant[];
}

const help = `npm run bench -- [OPTIONS]
  --rounds N         turns of each server (5)
  --seconds S        length of a turn, after a second of warm-up (3)
  --connections C    keep-alive connections (20)
  --only NAME        only servers with NAME in their name; repeatable
`;
const warmUpSeconds = 1;

const stopped = whenStopped();
await runCommand(main, stopped);

async function main(args: readonly string[]): Promise<void> {
  const plan = readPlan(args);
  if (plan === undefined) {
    console.log(help);
    return;
  }
  const date = new Date().toISOString();
  const works = asWorks(await race(plan), plan);
  const results: Results = { date, cores: cpus().length, versions: versions(), works };
  writeFileSync("bench/results.json", `${JSON.stringify(results, null, 1)}\n`);
  printResults(results);
}

/** @throws when an option is unknown or has a bad value; undefined means that help is wanted. */
function readPlan(args: readonly string[]): Plan | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rounds: { type: "string", default: "5" },
      seconds: { type: "string", default: "3" },
      connections: { type: "string", default: "20" },
      only: { type: "string", multiple: true, default: [] },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) return undefined;
  const only = values.only.map((name) => name.toLowerCase());
  const chosen = contestants.filter(
    ({ name }) => only.length === 0 || only.some((part) => name.toLowerCase().includes(part)),
  );
  if (chosen.length === 0) {
    throw new Error(`--only: none of ${contestants.map(({ name }) => `"${name}"`).join(" ")}`);
  }
  return {
    rounds: positive("--rounds", values.rounds),
    seconds: positive("--seconds", values.seconds),
    connections: positive("--connections", values.connections),
    contestants: chosen,
  };
}

function versions(): Record<string, string> {
  const python = execFileSync("peers/.venv/bin/python", ["--version"], { encoding: "utf8" }).trim();
  const pins = readFileSync("peers/requirements.txt", "utf8").trim().split("\n");
  const peers = pins.filter((pin) => /^(gunicorn|uWSGI|Flask)/.test(pin));
  return {
    "Node.js": process.versions.node,
    CPython: python.replace("Python ", ""),
    ...Object.fromEntries(peers.map((pin) => pin.split("=="))),
  };
}

/** Every race is a work: its servers ran the same application. */
function asWorks(results: readonly Result[], plan: Plan): WorkResult[] {
  const { rounds, seconds, connections } = plan;
  const names = { Python: "python-hello", Flask: "flask", TypeScript: "typescript-hello" };
  const races = new Set(results.map(({ contestant }) => contestant.race));
  return [...races].map((name) => {
    const entries = results.filter(({ contestant }) => contestant.race === name);
    return {
      work: names[name],
      title: `${name} "Hello World"`,
      load: `${connections} keep-alive connections, ${rounds} rounds of ${seconds} s`,
      measure: "requestsPerSecond",
      servers: entries.map(({ contestant, rounds: measurements }) => ({
        server: contestant.name.replace(/^.*, /, ""),
        software: contestant.server,
        settings: contestant.command("PORT").join(" "),
        rounds: measurements,
      })),
    };
  });
}

/** Every server has one turn a round, so that a noisy minute falls on all of them. */
async function race(plan: Plan): Promise<readonly Result[]> {
  const results = plan.contestants.map((contestant) => ({
    contestant,
    rounds: [] as Measurement[],
  }));
  for (let round = 1; round <= plan.rounds; round += 1) {
    for (const { contestant, rounds } of results) {
      process.stderr.write(`\nround ${round} of ${plan.rounds}: ${contestant.name} ... `);
      const measurement = await takeTurn(contestant, plan);
      process.stderr.write(`${Math.round(measurement.requestsPerSecond ?? 0)} requests/s`);
      rounds.push(measurement);
    }
  }
  process.stderr.write("\n");
  return results;
}

async function takeTurn(contestant: Contestant, plan: Plan): Promise<Measurement> {
  await using server = await ServerProcess.start({ ...contestant, ready }, stopped);
  const load = { url: server.url, connections: plan.connections, signal: stopped };
  await generateLoad({ ...load, seconds: warmUpSeconds });
  const before = totalCpuSeconds(server.processes());
  const { requests, meanLatency, ...report } = await generateLoad({
    ...load,
    seconds: plan.seconds,
  });
  const after = totalCpuSeconds(server.processes());
  await server.verify();
  return {
    ...report,
    cpuSecondsPerRequest: (after - before) / requests,
    // Little's law: connections that a server lets wait show in no latency of the others.
    connectionsServed: Math.min(plan.connections, report.requestsPerSecond * meanLatency),
  };
}
