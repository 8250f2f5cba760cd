/** A load of so many requests a second, whether or not the server keeps up; latencies are what it is for. */
import type { Measurement } from "../results.ts";
import { type Load, type StartServer, type Turn, withCpuSeconds } from "./load.ts";
import { type OpenLoopReport, runOpenLoop, textOf } from "./open-loop.ts";

export interface FixedRate {
  /** Requests a second, or what finds them out before the first turn. */
  readonly rate: number | Calibration;
  readonly connections: number;
  readonly slow?: SlowRequests;
}

/** One of so many requests is for another path; its latency is not counted. */
export interface SlowRequests {
  readonly path: string;
  readonly every: number;
}

/** The rate is a part of what the best of some servers makes under a load. */
export interface Calibration {
  readonly part: number;
  readonly servers: readonly string[];
  readonly load: Load;
}

const warmUpSeconds = 1;
const calibrationSeconds = 2;
/** Longer than a slow request; what is stuck then is stuck for good. */
const lastWaitSeconds = 8;

export class FixedRateLoad implements Load {
  readonly connections: number;
  readonly #plan: FixedRate;
  #rate: number | undefined;

  constructor(plan: FixedRate) {
    this.connections = plan.connections;
    this.#plan = plan;
    this.#rate = typeof plan.rate === "number" ? plan.rate : undefined;
  }

  get words(): string {
    const { rate, connections, slow } = this.#plan;
    const source = typeof rate === "number" ? "" : ` (${describe(rate)})`;
    const some = slow === undefined ? "" : `, one of ${slow.every} for ${slow.path}`;
    const known = this.#rate === undefined ? "a fixed number of" : String(this.#rate);
    return `${known} requests/s${source}${some}, ${connections} connections`;
  }

  /** Measures the servers that the rate is made from. */
  async prepare(start: StartServer, signal: AbortSignal): Promise<void> {
    const { rate } = this.#plan;
    if (typeof rate === "number") return;
    const speeds: number[] = [];
    for (const name of rate.servers) {
      await using server = await start(name);
      const { requestsPerSecond = 0 } = await rate.load.run({
        server,
        seconds: calibrationSeconds,
        signal,
      });
      speeds.push(requestsPerSecond);
    }
    this.#rate = Math.round(Math.max(...speeds) * rate.part);
  }

  async run({ server, seconds, signal }: Turn): Promise<Measurement> {
    const rate = this.#rate;
    if (rate === undefined) throw new Error("the rate is not known: prepare() comes first");
    const { port, exchange } = server;
    const { connections, slow } = this.#plan;
    const asked = { port, path: exchange.path, body: textOf(exchange) };
    const plan = { ...asked, rate, connections, warmUpSeconds, seconds, lastWaitSeconds };
    const { result, cpuSeconds } = await withCpuSeconds(server, () =>
      runOpenLoop(slow === undefined ? plan : { ...plan, slow }, signal),
    );
    return measurementOf(result, rate, cpuSeconds);
  }
}

/** @throws when nothing was answered, with the reasons */
export function measurementOf(
  report: OpenLoopReport,
  rate: number,
  cpuSeconds: number,
): Measurement {
  const { answered, failed, p50, p99, p999 } = report;
  if (answered === 0) throw new Error(`not one answer: ${report.faults.join(", ")}`);
  return {
    requestsPerSecond: (rate * answered) / (answered + failed),
    cpuSecondsPerRequest: cpuSeconds / answered,
    p50,
    p99,
    p999,
    errors: failed,
  };
}

function describe({ part, servers }: Calibration): string {
  return `${part} × the best of ${servers.join(", ")}`;
}
