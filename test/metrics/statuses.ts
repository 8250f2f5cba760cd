/** Statuses of services as tests want them. */
import { Histogram } from "../../src/stats/histogram.ts";
import { NO_STATISTICS } from "../../src/stats/server-statistics.ts";
import type { ServiceStatus } from "../../src/stats/service-status.ts";
import type { Tally } from "../../src/stats/tally.ts";

export interface Counted {
  readonly answered?: Tally;
  /** In seconds. */
  readonly durations?: readonly number[];
}

export function statusWith({ answered = {}, durations = [] }: Counted = {}): ServiceStatus {
  const { totals, present } = NO_STATISTICS;
  const histogram = new Histogram();
  for (const duration of durations) histogram.count(duration);
  const requests = { ...totals.requests, answered, durations: histogram.counts };
  return {
    version: "1.2.3",
    application: "shop:app",
    startedAt: 1_000,
    totals: { ...totals, requests },
    present,
    recent: [],
    serverWorkers: undefined,
    processes: [],
  };
}
