/** INT and TERM let open requests finish; the second of them, and QUIT, do not wait. */
import type { Logger } from "../log/logger.ts";
import type { RunningServer } from "./make-server.ts";

/** What open requests get when they are hurried, in milliseconds. */
const HURRIED_GRACE = 0;

/** The process ends with status 0 when the server has; `graceful` in milliseconds. */
export function stopOnSignals(server: RunningServer, log: Logger, graceful = 30_000): void {
  let signals = 0;
  const stop = (signal: NodeJS.Signals): void => {
    signals += 1;
    const isHurried = signals > 1 || signal === "SIGQUIT";
    log.info(`Handling signal: ${signal.slice(3).toLowerCase()}`);
    if (signals > 1 && !isHurried) return;
    void server.close(isHurried ? HURRIED_GRACE : graceful).then(() => {
      log.info("Shutting down: portico");
      process.exit(0);
    });
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGQUIT"] as const) process.on(signal, stop);
}
