/** Turns the rounds' measurements into the tables that the benchmark prints. */
import type { LoadReport } from "./load.ts";
import type { Contestant } from "./servers.ts";

export interface Measurement extends LoadReport {
  readonly cpuSecondsPerRequest: number;
}

export interface Result {
  readonly contestant: Contestant;
  readonly rounds: readonly Measurement[];
}

/** One line a server, medians of the rounds. */
export function resultTable(results: readonly Result[], connections: number): string {
  const head = [
    "",
    "requests/s",
    "(lowest-highest)",
    "CPU µs/request",
    "p50 ms",
    "p99 ms",
    "connections served",
    "errors",
  ];
  const rows = results.map(({ contestant, rounds }) => {
    const speeds = rounds.map(({ requestsPerSecond }) => requestsPerSecond);
    return [
      contestant.name,
      whole(median(speeds)),
      `(${whole(Math.min(...speeds))}-${whole(Math.max(...speeds))})`,
      (medianOf(rounds, "cpuSecondsPerRequest") * 1e6).toFixed(1),
      (medianOf(rounds, "p50") * 1e3).toFixed(2),
      (medianOf(rounds, "p99") * 1e3).toFixed(2),
      `${Math.min(connections, median(rounds.map(connectionsServed))).toFixed(0)} of ${connections}`,
      whole(rounds.reduce((total, { errors }) => total + errors, 0)),
    ];
  });
  return table([head, ...rows]);
}

/** How Portico compares with the best of each other server that ran the same application. */
export function ratioTable(results: readonly Result[]): string {
  const rows = results
    .filter(({ contestant }) => contestant.server === "portico")
    .flatMap((ours) => bestRivals(results, ours).map((rival) => ratioRow(ours, rival)));
  if (rows.length === 0) return "";
  return table([["", "requests/s", "CPU a request"], ...rows]);
}

/** The fastest of each rival server; a server may run with several settings. */
function bestRivals(results: readonly Result[], { contestant: ours }: Result): Result[] {
  const best = new Map<string, Result>();
  for (const result of results) {
    const { race, server } = result.contestant;
    if (race !== ours.race || server === ours.server) continue;
    const known = best.get(server);
    if (known === undefined || speed(result) > speed(known)) best.set(server, result);
  }
  return [...best.values()];
}

function ratioRow(ours: Result, rival: Result): string[] {
  const cpu = (result: Result): number => medianOf(result.rounds, "cpuSecondsPerRequest");
  return [
    `${ours.contestant.name} / ${rival.contestant.name.replace(/^\w+, /, "")}`,
    (speed(ours) / speed(rival)).toFixed(2),
    (cpu(ours) / cpu(rival)).toFixed(2),
  ];
}

function speed({ rounds }: Result): number {
  return medianOf(rounds, "requestsPerSecond");
}

/** Little's law: a server that lets connections wait unserved shows short latencies of the others. */
function connectionsServed({ requestsPerSecond, meanLatency }: Measurement): number {
  return requestsPerSecond * meanLatency;
}

function medianOf(rounds: readonly Measurement[], key: keyof Measurement): number {
  return median(rounds.map((round) => round[key]));
}

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2;
}

function whole(number: number): string {
  return Math.round(number).toLocaleString("en");
}

/** The first column to the left, the others to the right. */
function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join("  ");
  return rows.map(line).join("\n");
}
