/** Keeps what was found: bench/results.json. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import type { Results, WorkResult } from "./results.ts";
import { WORKS } from "./works.ts";

const FILE = "bench/results.json";

/** Undefined where nothing has been found yet. */
export function readResults(): Results | undefined {
  if (!existsSync(FILE)) return undefined;
  // Nobody but writeResults writes it.
  return JSON.parse(readFileSync(FILE, "utf8")) as Results;
}

export function writeResults(results: Results): void {
  writeFileSync(FILE, `${JSON.stringify(results, null, 1)}\n`);
}

/** Works that were not measured keep what was found of them before; the table gives their order. */
export function mergeResults(before: Results | undefined, now: Results): Results {
  const find = (name: string): WorkResult | undefined =>
    [...now.works, ...(before?.works ?? [])].find(({ work }) => work === name);
  const works = WORKS.flatMap(({ name }) => find(name) ?? []);
  return { ...now, versions: { ...before?.versions, ...now.versions }, works };
}
