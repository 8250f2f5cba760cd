/** What tells programs that watch the server, beside it: each loads its part when it is asked for. */
import type { Logger } from "../log/logger.ts";
import type { Statsd } from "../metrics/statsd.ts";
import type { Address } from "../server/addresses.ts";
import type { Server } from "../server/server.ts";
import type { Logs } from "./logs.ts";
import type { Attendant, Controls } from "./service.ts";
import type { Settings } from "./settings.ts";

/** How often statsd is told how many workers there are, in milliseconds. */
const TELL_EVERY = 1_000;

/** Serves `--metrics-bind`, from before anything else listens until all is over. */
export class MetricsAttendant implements Attendant {
  readonly #address: Address;
  readonly #log: Logger;
  #server: Server | undefined;

  constructor(address: Address, log: Logger) {
    this.#address = address;
    this.#log = log;
  }

  /** @throws {MetricsBindError} */
  async starting({ status }: Controls): Promise<void> {
    const { serveMetrics } = await import("../metrics/endpoint.ts");
    const server = await serveMetrics({ address: this.#address, status, log: this.#log });
    this.#server = server;
    // Where all is hurried nobody says that it has ended, and a Unix socket's file would stay.
    process.once("exit", () => void server.close(0));
  }

  async ended(): Promise<void> {
    await this.#server?.close(0);
  }
}

/** Tells statsd once a second what requests and log lines do not. */
export class StatsdAttendant implements Attendant {
  readonly #statsd: Statsd;
  readonly #tellsBacklog: boolean;
  #timer: NodeJS.Timeout | undefined;

  constructor(statsd: Statsd, { enableBacklogMetric }: Settings) {
    this.#statsd = statsd;
    this.#tellsBacklog = enableBacklogMetric;
  }

  starting({ status }: Controls): void {
    const next = (): void => {
      this.#timer = setTimeout(() => void this.#tell(status).then(next), TELL_EVERY);
      this.#timer.unref();
    };
    next();
  }

  async ended(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#statsd.close();
  }

  async #tell(status: Controls["status"]): Promise<void> {
    const known = await status();
    this.#statsd.workers(known);
    if (!this.#tellsBacklog) return;
    const { acceptBacklog } = await import("../metrics/accept-backlog.ts");
    this.#statsd.backlog(known, acceptBacklog());
  }
}

/** What tells statsd of requests and log lines, where `--statsd-host` asks for it. */
export async function openStatsd(settings: Settings, logs: Logs): Promise<Statsd | undefined> {
  const { statsdHost, statsdPrefix, dogstatsdTags } = settings;
  if (statsdHost === undefined) return undefined;
  const { Statsd } = await import("../metrics/statsd.ts");
  const statsd = new Statsd({
    ...{ host: statsdHost.host, port: statsdHost.port },
    ...{ prefix: statsdPrefix, tags: dogstatsdTags },
    onTrouble: ({ message }) => logs.error.warning(`--statsd-host: metrics are lost: ${message}`),
  });
  logs.watch(statsd);
  return statsd;
}
