/** Who is compared with whom: the settings of one software compete, and the best of them counts. */
import type { Measure, ServerResult, WorkResult } from "../results.ts";
import { MEASURES } from "./measures.ts";
import { spreadOf } from "./statistics.ts";

/** The software that all others are compared with. */
export const OURS = "Portico";

export interface Ranked {
  readonly server: ServerResult;
  readonly median: number;
}

/** Those that were measured, the best first. */
export function ranked(servers: readonly ServerResult[], measure: Measure): readonly Ranked[] {
  const sign = MEASURES[measure].better === "more" ? -1 : 1;
  return servers
    .flatMap((server) => {
      const spread = spreadOf(server.rounds, measure);
      return spread === undefined ? [] : { server, median: spread.median };
    })
    .sort((a, b) => sign * (a.median - b.median));
}

/** As a work tells of them: the best first, but rows of several variants as they were measured. */
export function inOrder({ servers, measure }: WorkResult): readonly Ranked[] {
  const best = ranked(servers, measure);
  if (servers.every(({ variant }) => variant === undefined)) return best;
  return servers.flatMap((server) => best.find((entry) => entry.server === server) ?? []);
}

/** The best of ours that did the same as this row. */
export function oursBeside(
  { servers, measure }: WorkResult,
  row: ServerResult,
): Ranked | undefined {
  return ranked(servers, measure).find(
    ({ server }) => server.software === OURS && server.variant === row.variant,
  );
}

/** The best settings of each software, the best first. */
export function bestOfEach({ servers }: WorkResult, measure: Measure): readonly Ranked[] {
  const all = ranked(servers, measure);
  return all.filter(
    ({ server }, at) => all.findIndex((other) => other.server.software === server.software) === at,
  );
}
