/** Runs python_parts.py, which measures the worker's side. */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import type { Costs, Effort } from "./kit.ts";

/** @throws when a part comes to something else than it should */
export function verifyPythonParts(python: string, root: string): void {
  runParts(python, root, []);
}

/** @throws as `verifyPythonParts` */
export function measurePythonParts(python: string, root: string, effort: Effort): Costs {
  const args = [String(effort.rounds), String(effort.milliseconds)];
  // What python_parts.py prints when it is told for how long to measure.
  return JSON.parse(runParts(python, root, args)) as Costs;
}

function runParts(python: string, root: string, args: readonly string[]): string {
  const script = join(root, "bench", "micro", "python_parts.py");
  const env = { ...process.env, PYTHONPATH: join(root, "python", "src") };
  return execFileSync(python, [script, ...args], { env, encoding: "utf8" });
}
