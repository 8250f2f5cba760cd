/** The middle and the spread of what the rounds of a run measured. */
import type { Measurement } from "../results.ts";

export interface Spread {
  readonly median: number;
  readonly lowest: number;
  readonly highest: number;
}

/** Of the rounds that measured it; undefined where none did. */
export function spreadOf(
  rounds: readonly Measurement[],
  measure: keyof Measurement,
): Spread | undefined {
  const values = rounds.flatMap((round) => round[measure] ?? []);
  if (values.length === 0) return undefined;
  return { median: median(values), lowest: Math.min(...values), highest: Math.max(...values) };
}

/** Of all rounds together. */
export function errorsOf(rounds: readonly Measurement[]): number {
  return rounds.reduce((total, { errors = 0 }) => total + errors, 0);
}

/** NaN of nothing. */
export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2;
}
