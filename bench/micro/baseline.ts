/** Keeps what the parts once cost: bench/micro/baseline.json. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import type { Costs } from "./kit.ts";

export const BASELINE_FILE = "bench/micro/baseline.json";

export interface Baseline {
  /** When it was measured, ISO 8601. */
  readonly date: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly languages: Readonly<Record<string, Costs>>;
}

/** Undefined where none has been written. */
export function readBaseline(): Baseline | undefined {
  if (!existsSync(BASELINE_FILE)) return undefined;
  // Nobody but writeBaseline writes it.
  return JSON.parse(readFileSync(BASELINE_FILE, "utf8")) as Baseline;
}

export function writeBaseline(baseline: Baseline): void {
  writeFileSync(BASELINE_FILE, `${JSON.stringify(baseline, fourDigits, 2)}\n`);
}

/** More of them would say nothing. */
function fourDigits(_key: string, value: unknown): unknown {
  return typeof value === "number" ? Number(value.toPrecision(4)) : value;
}
