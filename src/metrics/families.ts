/** Every metric: its name, what it means and how it follows from a status. docs/metrics.md is made from it. */
import { BOUNDS, countOf, type HistogramCounts } from "../stats/histogram.ts";
import type { ServiceStatus } from "../stats/service-status.ts";
import type { Tally } from "../stats/tally.ts";

export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  /** What is behind the name of the family: the parts of a histogram have it. */
  readonly suffix?: "_bucket" | "_sum" | "_count";
}

export interface Family {
  readonly name: string;
  readonly type: "counter" | "gauge" | "histogram";
  readonly help: string;
  /** The names of its labels, for the document. */
  readonly labels: readonly string[];
  samples(status: ServiceStatus): readonly Sample[];
}

export const FAMILIES: readonly Family[] = [
  {
    name: "portico_build_info",
    type: "gauge",
    help: "1; its labels say which Portico runs on which Node.js.",
    labels: ["version", "node"],
    samples: ({ version }) => [{ labels: { version, node: process.versions.node }, value: 1 }],
  },
  {
    name: "portico_start_time_seconds",
    type: "gauge",
    help: "When the server was started, in seconds since 1970.",
    labels: [],
    samples: ({ startedAt }) => one(startedAt / 1000),
  },
  {
    name: "portico_requests_total",
    type: "counter",
    help: "Requests that have ended, by method and status; 499 where the client left before its answer began, other for methods beyond the common ones.",
    labels: ["method", "status"],
    samples: ({ totals }) =>
      Object.entries(totals.requests.answered).map(([name, value]) => {
        const [method = "", status = ""] = name.split(" ");
        return { labels: { method, status }, value };
      }),
  },
  {
    name: "portico_request_duration_seconds",
    type: "histogram",
    help: "From a request's head to the end of its answer: time in the queue and of slow clients is in it.",
    labels: ["le"],
    samples: ({ totals }) => histogram(totals.requests.durations),
  },
  {
    name: "portico_request_queue_seconds",
    type: "histogram",
    help: "How long requests waited for a worker; 0 for those that did not.",
    labels: ["le"],
    samples: ({ totals }) => histogram(totals.requests.queueTimes),
  },
  {
    name: "portico_requests_in_flight",
    type: "gauge",
    help: "Requests that have begun and not ended.",
    labels: [],
    samples: ({ present }) => one(present.inFlight),
  },
  {
    name: "portico_response_bytes_total",
    type: "counter",
    help: "Bytes of the bodies of answers.",
    labels: [],
    samples: ({ totals }) => one(totals.requests.bytesSent),
  },
  {
    name: "portico_refusals_total",
    type: "counter",
    help: "Clients that were refused, by reason; one that is refused in the middle of its request counts as a request too.",
    labels: ["reason"],
    samples: ({ totals }) => byName(totals.requests.refused, "reason"),
  },
  {
    name: "portico_connections_accepted_total",
    type: "counter",
    help: "Connections that were accepted.",
    labels: [],
    samples: ({ totals }) => one(totals.connections),
  },
  {
    name: "portico_connections",
    type: "gauge",
    help: "Open connections: idle between two requests, reading a request, answering one, upgraded to another protocol, closing, or waiting to be served.",
    labels: ["state"],
    samples: ({ present }) => byName(present.connections, "state"),
  },
  {
    name: "portico_queue_depth",
    type: "gauge",
    help: "Requests that wait for a worker.",
    labels: [],
    samples: ({ present }) => one(present.queued),
  },
  {
    name: "portico_workers",
    type: "gauge",
    help: "Worker processes: application workers run Python; server workers are there for a TypeScript target.",
    labels: ["kind", "state"],
    samples: ({ present, serverWorkers }) =>
      ofBothKinds(present.workers, serverWorkers?.stages, "state"),
  },
  {
    name: "portico_worker_threads",
    type: "gauge",
    help: "Threads of the application workers that serve.",
    labels: [],
    samples: ({ present }) => one(present.threads),
  },
  {
    name: "portico_worker_threads_busy",
    type: "gauge",
    help: "Those of them that have a request.",
    labels: [],
    samples: ({ present }) => one(present.busyThreads),
  },
  {
    name: "portico_worker_restarts_total",
    type: "counter",
    help: "Workers that have ended while the server went on, by cause.",
    labels: ["kind", "cause"],
    samples: ({ totals, serverWorkers }) =>
      ofBothKinds(totals.endings, serverWorkers?.endings, "cause"),
  },
  {
    name: "portico_server_workers_silent",
    type: "gauge",
    help: "Server workers that did not answer within a second: all gauges are without them, and counters have what they said last.",
    labels: [],
    samples: ({ serverWorkers }) => one(serverWorkers?.silent.length ?? 0),
  },
  {
    name: "portico_resident_memory_bytes",
    type: "gauge",
    help: "Memory of each process, on Linux.",
    labels: ["process", "pid"],
    samples: ({ processes }) =>
      processes
        .filter(({ memory }) => memory > 0)
        .map(({ role, pid, memory }) => ({
          labels: { process: role, pid: String(pid) },
          value: memory,
        })),
  },
];

function one(value: number): readonly Sample[] {
  return [{ labels: {}, value }];
}

function byName(tally: Tally, label: string): readonly Sample[] {
  return Object.entries(tally).map(([name, value]) => ({ labels: { [label]: name }, value }));
}

function ofBothKinds(
  application: Tally,
  server: Tally | undefined,
  label: string,
): readonly Sample[] {
  const all = [["application", application] as const, ["server", server ?? {}] as const];
  return all.flatMap(([kind, tally]) =>
    byName(tally, label).map(({ labels, value }) => ({ labels: { kind, ...labels }, value })),
  );
}

/** Prometheus counts in each bucket what is in those below it, too. */
function histogram(counted: HistogramCounts): readonly Sample[] {
  const bounds = [...BOUNDS.map(String), "+Inf"];
  let below = 0;
  const buckets = bounds.map((le, at): Sample => {
    below += counted.buckets[at] ?? 0;
    return { suffix: "_bucket", labels: { le }, value: below };
  });
  return [
    ...buckets,
    { suffix: "_sum", labels: {}, value: counted.sum },
    { suffix: "_count", labels: {}, value: countOf(counted) },
  ];
}
