/** `npm run bench`: all servers take turns at the same works, in several rounds of one run. */
import { mkdtempSync, rmSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { runCommand, whenStopped } from "../peers/command.ts";
import { peerVersions } from "../peers/versions.ts";
import { VERSION } from "../src/embed/version.ts";
import { writeFiles } from "./files.ts";
import {
  expectedMinutes,
  HELP,
  type PlannedWork,
  type RacePlan,
  readPlan,
  serversOf,
} from "./plan.ts";
import { race } from "./race.ts";
import { printResults } from "./report/print-results.ts";
import type { Results, WorkResult } from "./results.ts";
import { mergeResults, readResults, writeResults } from "./results-file.ts";
import { versionsOf } from "./servers/needs.ts";
import { WORKS } from "./works.ts";

const stopped = whenStopped();
const scratch = mkdtempSync(join(tmpdir(), "portico-bench-"));
try {
  await runCommand(main, stopped);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

async function main(args: readonly string[]): Promise<void> {
  const plan = readPlan(args);
  if (plan.does === "help") console.log(HELP);
  else if (plan.does === "list") printTables();
  else await raceAll(plan);
}

function printTables(): void {
  for (const work of WORKS) {
    console.log(`${work.name}: ${work.title}; ${work.load.words}`);
    for (const { name } of serversOf(work)) console.log(`  ${name}`);
  }
}

/** Each work is kept as soon as it is measured: a run that is stopped loses only the last. */
async function raceAll(plan: RacePlan): Promise<void> {
  const { works, keepsResults } = plan;
  const facts = { date: new Date().toISOString(), cores: cpus().length, versions: versions(works) };
  const measured: WorkResult[] = [];
  console.log(`This takes about ${Math.ceil(expectedMinutes(plan))} minutes.`);
  writeFiles(scratch);
  for (const planned of works) {
    measured.push(await race(planned, { scratch, signal: stopped }));
    if (keepsResults) writeResults(mergeResults(readResults(), { ...facts, works: measured }));
  }
  const results: Results = { ...facts, works: measured };
  printResults(results);
}

function versions(works: readonly PlannedWork[]): Record<string, string> {
  const needs = works.flatMap(({ servers }) => servers.flatMap((server) => server.needs));
  return {
    Portico: VERSION,
    "Node.js": process.versions.node,
    CPython: peerVersions().python,
    ...versionsOf([...needs, "command:wrk"]),
  };
}
