/** What signals mean to a server's process: one table for a single one and for a supervisor. */
import type { Logger } from "../log/logger.ts";
import { Terminal } from "./terminal.ts";

/** What is done about signals; one whose action is missing is left alone, but HUP, which stops then. */
export interface SignalActions {
  /** Ends what is served; called again, hurried, when that takes too long for somebody. */
  stop(isHurried: boolean): Promise<void>;
  /** Opens log files anew. */
  reopenLogs?(): void;
  /** Loads the application anew. */
  reload?(): void;
  /** So many workers more, or fewer. */
  resize?(by: number): void;
  /** Starts a new server on the same sockets; without it the log says that nothing is done. */
  upgrade?(): void;
}

type Meaning = "stop" | "stop at once" | "reload" | "reopen logs" | "more" | "fewer" | "upgrade";

/** A signal whose act is missing is left alone. */
type Acts = Readonly<Record<Meaning, (() => void) | undefined>>;

const MEANINGS = {
  SIGINT: "stop",
  SIGTERM: "stop",
  SIGHUP: "reload",
  SIGQUIT: "stop at once",
  SIGUSR1: "reopen logs",
  SIGUSR2: "upgrade",
  SIGTTIN: "more",
  SIGTTOU: "fewer",
} as const satisfies Partial<Record<NodeJS.Signals, Meaning>>;

/** One Ctrl-C can come twice, from the terminal and from a parent such as npm that passes it on. */
const SAME_KEYSTROKE = 300;

/**
 * From here on signals do what `actions` say; when it has stopped, the process ends with status 0.
 * Returns what a signal to stop does.
 */
export function handleSignals(actions: SignalActions, log: Logger): (isHurried: boolean) => void {
  const terminal = Terminal.own();
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
  const { reload, reopenLogs, resize, upgrade } = actions;
  const does: Acts = {
    stop: () => stop(false),
    "stop at once": () => stop(true),
    reload: () => {
      // A terminal that closes wishes for no reload: nobody would see what stays behind.
      if (terminal?.isClosed === true) {
        terminal.leave();
        stop(false);
      } else if (reload === undefined) stop(false);
      else if (stoppedAt === undefined) reload();
    },
    "reopen logs": reopenLogs,
    more: resize && (() => resize(1)),
    fewer: resize && (() => resize(-1)),
    // Node.js would end the process.
    upgrade: upgrade ?? (() => log.warning("SIGUSR2 has no meaning to a program of its own")),
  };
  listen(does, log);
  return stop;
}

function listen(does: Acts, log: Logger): void {
  for (const [name, meaning] of Object.entries(MEANINGS)) {
    const act = does[meaning];
    if (act === undefined) continue;
    process.on(name, () => {
      log.info(`Handling signal: ${name.slice(3).toLowerCase()}`);
      act();
    });
  }
}
