/** A table a work, medians of the rounds. */
import { progressOf } from "./progress.ts";
import type { Measurement, Results } from "./results.ts";

export function printResults({ works }: Results): void {
  for (const { title, load, servers } of works) {
    console.log(`\n${title}; ${load}`);
    for (const { server, rounds, failure } of servers) {
      const words = rounds.length === 0 ? `failed: ${failure}` : progressOf(medians(rounds));
      console.log(`${server.padEnd(25)} ${words}`);
    }
  }
}

function medians(rounds: readonly Measurement[]): Measurement {
  // Object.keys forgets the keys' type.
  const keys = Object.keys(rounds[0] ?? {}) as (keyof Measurement)[];
  return Object.fromEntries(
    keys.map((key) => [key, median(rounds.map((round) => round[key] ?? 0))]),
  );
}

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
