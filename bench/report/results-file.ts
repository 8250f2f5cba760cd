/** Where what a run found is kept, and read again. */
import { existsSync, readFileSync } from "node:fs";
import type { Results } from "../results.ts";

const FILE = "bench/results.json";

/** Undefined where nothing has been measured yet. */
export function readResults(): Results | undefined {
  if (!existsSync(FILE)) return undefined;
  // Nobody but the benchmark writes it.
  return JSON.parse(readFileSync(FILE, "utf8")) as Results;
}
