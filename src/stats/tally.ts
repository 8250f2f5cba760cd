/** Counts by name: plain data that crosses to other processes as JSON, and can be summed. */

export type Tally = Readonly<Record<string, number>>;

export function sumTallies(tallies: readonly Tally[]): Tally {
  const sum: Record<string, number> = {};
  for (const tally of tallies) {
    for (const [name, count] of Object.entries(tally)) sum[name] = (sum[name] ?? 0) + count;
  }
  return sum;
}

export function addTo(tally: Record<string, number>, name: string): void {
  tally[name] = (tally[name] ?? 0) + 1;
}
