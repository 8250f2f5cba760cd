/** What operators are told of a server's requests, of what it has counted. */
import type { Percentiles, Recent } from "../stats/recent.ts";
import type { Present, Totals } from "../stats/server-statistics.ts";
import type { Tally } from "../stats/tally.ts";
import type { PercentilesShown, RecentTraffic, Traffic } from "./controlled.ts";

export interface Counted {
  readonly totals: Totals;
  readonly present: Present;
  readonly recent: readonly Recent[];
}

export function trafficOf({ totals, present, recent }: Counted): Traffic {
  const { answered } = totals.requests;
  return {
    answered: countOf(answered),
    // Each counter is named `GET 200`.
    serverErrors: countOf(answered, / 5\d\d$/),
    inFlight: present.inFlight,
    queued: present.queued,
    connections: present.connections,
    recent: recent.map(recentTraffic),
  };
}

function countOf(tally: Tally, named = /$/): number {
  return Object.entries(tally)
    .filter(([name]) => named.test(name))
    .reduce((sum, [, count]) => sum + count, 0);
}

function recentTraffic({ seconds, requests, perSecond, ...times }: Recent): RecentTraffic {
  const durations = shownPercentiles(times.durations);
  const queueTimes = shownPercentiles(times.queueTimes);
  return { seconds, answered: requests, perSecond, durations, queueTimes };
}

/** JSON has no undefined. */
function shownPercentiles({ p50, p90, p99 }: Percentiles): PercentilesShown {
  return { p50: p50 ?? null, p90: p90 ?? null, p99: p99 ?? null };
}
