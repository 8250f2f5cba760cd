/** One call for a program that is nothing but a server. */

import { DEFAULT_ACCESS_FORMAT } from "../log/access-format.ts";
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
  const log = options.log ?? createLogger({ destination: process.stderr });
  const { host = "127.0.0.1", port = 8000, unix } = options;
  const address =
    unix === undefined
      ? ({ kind: "tcp", host, port } as const)
      : ({ kind: "unix", path: unix } as const);
  log.info(`Starting portico ${VERSION}`);
  const server = await RunningServer.open(
    application,
    [address],
    { ...options, log, ...exchangeObserver(options) },
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
  const format = options.accessLog === true ? DEFAULT_ACCESS_FORMAT : options.accessLog;
  return { onExchange: accessLog(format, (line) => process.stdout.write(line)) };
}
