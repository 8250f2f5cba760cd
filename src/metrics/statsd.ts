/** What statsd is told, under the names that gunicorn has for it. */
import type { LogLevel } from "../log/levels.ts";
import { CLIENT_LEFT } from "../stats/request-statistics.ts";
import type { ServiceStatus } from "../stats/service-status.ts";
import { StatsdClient, type StatsdOptions } from "./statsd-client.ts";

/** As much of an answered request as is told. */
interface Answered {
  readonly response: { readonly statusCode: number } | undefined;
  readonly durationMilliseconds: number;
}

const COUNTED_LEVELS: readonly LogLevel[] = ["critical", "error", "warning"];

export class Statsd {
  readonly #client: StatsdClient;

  constructor(options: StatsdOptions) {
    this.#client = new StatsdClient({ ...options, prefix: withDot(options.prefix) });
  }

  /** A request has ended. */
  readonly answered = ({ response, durationMilliseconds }: Answered): void => {
    this.#client.time("gunicorn.request.duration", durationMilliseconds);
    this.#client.increment("gunicorn.requests");
    this.#client.increment(`gunicorn.request.status.${response?.statusCode ?? CLIENT_LEFT}`);
  };

  /** A line was written to the error log; gunicorn counts those with a traceback as exceptions. */
  logged(level: LogLevel, message: string): void {
    if (!COUNTED_LEVELS.includes(level)) return;
    const isException = level === "error" && message.trimEnd().includes("\n");
    this.#client.increment(`gunicorn.log.${isException ? "exception" : level}`);
  }

  /** Once a second. */
  workers({ present, serverWorkers }: ServiceStatus): void {
    const stages = Object.values(serverWorkers?.stages ?? present.workers);
    const workers = stages.reduce((sum, count) => sum + count, 0);
    this.#client.gauge("gunicorn.workers", workers);
  }

  /**
   * gunicorn's workers accept when they are free, so that its backlog is what waits for them. Here
   * requests are accepted at once and wait in the server: they are counted with what the kernel has.
   */
  backlog({ present }: ServiceStatus, inKernel: number): void {
    const waiting = (present.connections.waiting ?? 0) + present.queued;
    this.#client.histogram("gunicorn.backlog", inKernel + waiting);
  }

  /** Sends what waits. */
  close(): Promise<void> {
    return this.#client.close();
  }
}

/** gunicorn takes a prefix with its dot, or without. */
function withDot(prefix: string): string {
  return prefix === "" ? "" : `${prefix.replace(/\.+$/, "")}.`;
}
