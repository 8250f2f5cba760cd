/** One work as a table: a row a server, the best first, and those behind that could not be measured. */
import type { Measure, ServerResult, WorkResult } from "../results.ts";
import { MEASURE_NAMES, MEASURES, written } from "./measures.ts";
import { inOrder, OURS, oursBeside, type Ranked } from "./ranking.ts";
import { errorsOf, spreadOf } from "./statistics.ts";
import type { Table } from "./table.ts";

const NOT_MEASURED = "–";

/** The first column says who, the second what the servers are ordered by, the last how ours compares. */
export function workTable(work: WorkResult): Table {
  const order = inOrder(work);
  const failed = work.servers.filter((server) => order.every((entry) => entry.server !== server));
  const others = MEASURE_NAMES.filter(
    (measure) => measure !== work.measure && isMeasured(work.servers, measure),
  );
  const hasErrors = work.servers.some(({ rounds }) => errorsOf(rounds) > 0);
  const head = [
    "",
    `${MEASURES[work.measure].title} (lowest–highest)`,
    ...others.map((measure) => MEASURES[measure].title),
    ...(hasErrors ? ["errors"] : []),
    `${OURS} ÷ it`,
  ];
  const rows = order.map((entry) => [
    entry.server.server,
    spreadText(entry.server, work.measure),
    ...others.map((measure) => medianText(entry.server, measure)),
    ...(hasErrors ? [errorsOf(entry.server.rounds).toLocaleString("en")] : []),
    ratioText(oursBeside(work, entry.server), entry),
  ]);
  return { head, rows: [...rows, ...failed.map(({ server }) => padded(server, head.length))] };
}

/** The load in words, and how often each server had it. */
export function loadText({ load, servers }: WorkResult): string {
  const rounds = Math.max(0, ...servers.map((server) => server.rounds.length));
  return `${load}, ${rounds === 1 ? "one round" : `${rounds} rounds`}`;
}

/** What went wrong, a line a server. */
export function failureLines({ servers }: WorkResult): string[] {
  return servers.flatMap(({ server, failure }) =>
    failure === undefined ? [] : `${server}: ${failure}`,
  );
}

function isMeasured(servers: readonly ServerResult[], measure: Measure): boolean {
  return servers.some(({ rounds }) => rounds.some((round) => round[measure] !== undefined));
}

function spreadText({ rounds }: ServerResult, measure: Measure): string {
  const spread = spreadOf(rounds, measure);
  if (spread === undefined) return NOT_MEASURED;
  const lowest = written(spread.lowest, measure);
  return `${written(spread.median, measure)} (${lowest}–${written(spread.highest, measure)})`;
}

function medianText({ rounds }: ServerResult, measure: Measure): string {
  const spread = spreadOf(rounds, measure);
  return spread === undefined ? NOT_MEASURED : written(spread.median, measure);
}

function ratioText(ours: Ranked | undefined, other: Ranked): string {
  if (ours === undefined || other.server.software === OURS) return "";
  return `${(ours.median / other.median).toFixed(2)} ×`;
}

function padded(server: string, columns: number): string[] {
  return Array.from({ length: columns }, (_, at) => (at === 0 ? server : NOT_MEASURED));
}
