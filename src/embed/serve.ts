/** One call for a program that is nothing but a server. */

import { compileAccessFormat, DEFAULT_ACCESS_FORMAT } from "../log/access-format.ts";
import type { AccessFormat } from "../log/access-record.ts";
import { JSON_ACCESS_FORMAT } from "../log/json-access.ts";
import { JSON_ENTRIES } from "../log/json-entries.ts";
import { createLogger } from "../log/logger.ts";
import { urlOf } from "../server/addresses.ts";
import type { Application } from "../wsgi/types.ts";
import { accessLog } from "./access-log.ts";
import { type MakeServerOptions, RunningServer } from "./make-server.ts";
import { handleSignals } from "./signals.ts";
import { VERSION } from "./version.ts";

export interface ServeOptions extends MakeServerOptions {
  /** `127.0.0.1` if not given. */
  readonly host?: string;
  /** 8000 if not given; 0 for a free one. */
  readonly port?: number;
  /** A Unix socket in place of host and port. */
  readonly unix?: string;
  /** A line for each request, on standard output; `true` for the usual format, or one of gunicorn's. */
  readonly accessLog?: boolean | string;
  /**
   * `json` for both logs as JSON, unless `log` or a format says otherwise, and for ids of requests;
   * `text` if not given.
   */
  readonly logFormat?: "text" | "json";
  /** Whether INT and TERM stop the server cleanly and end the process; `true` if not given. */
  readonly signals?: boolean;
}

/**
 * Listens and serves; resolves when it does.
 * @throws {ListenError} the address cannot be listened on
 * @throws {LoadError} a Python application cannot be loaded
 */
export async function serve(
  application: Application,
  options: ServeOptions = {},
): Promise<RunningServer> {
  const isJson = options.logFormat === "json";
  const format = isJson ? { format: JSON_ENTRIES } : {};
  const log = options.log ?? createLogger({ destination: process.stderr, ...format });
  const { host = "127.0.0.1", port = 8000, unix } = options;
  const address =
    unix === undefined
      ? ({ kind: "tcp", host, port } as const)
      : ({ kind: "unix", path: unix } as const);
  log.info(`Starting portico ${VERSION}`);
  const server = await RunningServer.open(
    application,
    [address],
    { requestIds: isJson, ...options, log, ...exchangeObserver(options) },
    (opened) => {
      log.info(`Listening at: ${opened.addresses.map(urlOf).join(", ")} (${process.pid})`);
      opened.startHealth();
    },
  );
  server.start();
  if (options.signals !== false) {
    const stop = (isHurried: boolean): Promise<void> => server.close(isHurried ? 0 : undefined);
    handleSignals({ stop, resize: (by) => server.resize(by) }, log);
  }
  return server;
}

function exchangeObserver(options: ServeOptions): Pick<MakeServerOptions, "onExchange"> {
  if (options.accessLog === undefined || options.accessLog === false) return {};
  const format = accessFormat(options.accessLog, options.logFormat);
  return { onExchange: accessLog((record) => process.stdout.write(`${format(record)}\n`)) };
}

function accessFormat(chosen: string | true, logFormat: ServeOptions["logFormat"]): AccessFormat {
  if (chosen !== true) return compileAccessFormat(chosen);
  return logFormat === "json" ? JSON_ACCESS_FORMAT : compileAccessFormat(DEFAULT_ACCESS_FORMAT);
}
