/** What signals mean to a server's process: one table for a single one and for a supervisor. */
import type { Logger } from "../log/logger.ts";

/** What is done about signals. */
export interface SignalActions {
  /** Ends what is served; called again, hurried, when that takes too long for somebody. */
  stop(isHurried: boolean): Promise<void>;
  /** Opens log files anew; without it the signal for that is left alone. */
  reopenLogs?(): void;
}

type Meaning = "stop" | "stop at once" | "reopen logs" | "not there yet";

const MEANINGS = {
  SIGINT: "stop",
  SIGTERM: "stop",
  // A closed terminal; and gunicorn's reload, which needs a new start until there is one here.
  SIGHUP: "stop",
  SIGQUIT: "stop at once",
  SIGUSR1: "reopen logs",
  SIGUSR2: "not there yet",
  SIGTTIN: "not there yet",
  SIGTTOU: "not there yet",
} as const satisfies Partial<Record<NodeJS.Signals, Meaning>>;

/** One Ctrl-C can come twice, from the terminal and from a parent such as npm that passes it on. */
const SAME_KEYSTROKE = 300;

/** From here on signals do what `actions` say; when it has stopped, the process ends with status 0. */
export function handleSignals(actions: SignalActions, log: Logger): void {
  let stoppedAt: number | undefined;
  const stop = (isHurried: boolean): void => {
    const now = performance.now();
    const isRepeated = stoppedAt !== undefined;
    if (stoppedAt !== undefined && now - stoppedAt < SAME_KEYSTROKE && !isHurried) return;
    stoppedAt ??= now;
    void actions.stop(isHurried || isRepeated).then(() => {
      if (!isRepeated) log.info("Shutting down: portico");
      process.exit(0);
    });
  };
  for (const [name, meaning] of Object.entries(MEANINGS)) {
    if (meaning === "reopen logs" && actions.reopenLogs === undefined) continue;
    process.on(name, () => {
      log.info(`Handling signal: ${name.slice(3).toLowerCase()}`);
      if (meaning === "reopen logs") actions.reopenLogs?.();
      else if (meaning === "not there yet") log.warning(`${name} has no meaning to Portico yet`);
      else stop(meaning === "stop at once");
    });
  }
}
