/** Serves the metrics on an address of their own, in the process that was started. */
import { SOFTWARE } from "../embed/version.ts";
import type { Logger } from "../log/logger.ts";
import type { Address } from "../server/addresses.ts";
import { ListenError } from "../server/listeners.ts";
import { Server } from "../server/server.ts";
import type { ServiceStatus } from "../stats/service-status.ts";
import { METRICS_PATH, metricsApplication } from "./metrics-application.ts";

export class MetricsBindError extends Error {
  override readonly name: string = "MetricsBindError";
  readonly exitCode = 1;
}

export interface EndpointOptions {
  readonly address: Address;
  readonly status: () => Promise<ServiceStatus>;
  readonly log: Logger;
}

/** Those who scrape, and those who look. */
const MOST_CONNECTIONS = 100;

/** @throws {MetricsBindError} it cannot listen there */
export async function serveMetrics({ address, status, log }: EndpointOptions): Promise<Server> {
  try {
    const server = await Server.listen(metricsApplication(status), {
      addresses: [address],
      backlog: MOST_CONNECTIONS,
      software: SOFTWARE,
      multiprocess: false,
      limits: { maxBodyBytes: 0 },
      connections: { total: MOST_CONNECTIONS },
      log,
    });
    server.start();
    const path = address.kind === "unix" ? "" : METRICS_PATH;
    log.info(`Metrics at: ${server.url}${path}`);
    return server;
  } catch (error) {
    if (!(error instanceof ListenError)) throw error;
    throw new MetricsBindError(`--metrics-bind: ${error.message}`, { cause: error });
  }
}
