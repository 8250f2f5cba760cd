/** A server worker's side: serves, answers its supervisor, ends when told to or left alone. */
import { Socket } from "node:net";
import type { RunningServer } from "../embed/make-server.ts";
import { Terminal } from "../embed/terminal.ts";
import { endWithParent } from "./end-with-parent.ts";
import { type FromWorker, isToWorker, type StartFailure } from "./messages.ts";

export interface ServerWorkerOptions {
  /** The supervisor's pid. */
  readonly supervisor: number;
  /** Makes the server, which this worker starts and ends. */
  readonly open: () => Promise<RunningServer>;
  /** What open requests get when the worker is told to end, in milliseconds. */
  readonly grace: number;
  readonly reopenLogs: () => void;
  /** What to tell the supervisor about an error of `open`. */
  readonly failure: (error: unknown) => StartFailure;
}

/** Signals of a terminal go to every process of it; what they mean is the supervisor's to say. */
const SUPERVISORS_SIGNALS = [
  "SIGINT",
  "SIGTERM",
  "SIGHUP",
  "SIGUSR1",
  "SIGUSR2",
  "SIGTTIN",
  "SIGTTOU",
] as const;

/** Runs in the worker process. */
export async function runServerWorker(options: ServerWorkerOptions): Promise<void> {
  const terminal = Terminal.own();
  for (const signal of SUPERVISORS_SIGNALS) {
    process.on(signal, () => {
      if (terminal?.isClosed === true) terminal.leave();
    });
  }
  process.once("disconnect", () => process.exit(0));
  if (!process.connected) process.exit(0);
  endWithParent(options.supervisor);
  let server: RunningServer;
  try {
    server = await options.open();
  } catch (error) {
    const failure = options.failure(error);
    await tell({ portico: "failed", ...failure });
    process.exit(failure.exitCode);
  }
  process.on("message", (message, handle) => {
    if (!isToWorker(message)) return;
    if (message.portico === "connection") take(server, handle);
    else if (message.portico === "ping") void answerPing(server);
    else if (message.portico === "reopen logs") options.reopenLogs();
    else if (message.portico === "let go") server.letGo();
    else void server.close(options.grace).then(() => process.exit(0));
  });
  server.start();
  await tell({ portico: "ready" });
}

function answerPing({ requestsServed }: RunningServer): Promise<void> {
  return tell({ portico: "pong", requestsServed });
}

/** Without a socket: the client left on the way. */
function take(server: RunningServer, handle: unknown): void {
  void tell({ portico: "taken" });
  if (!(handle instanceof Socket)) return;
  // What crosses from another process has forgotten how it was accepted.
  handle.allowHalfOpen = true;
  server.accept(handle);
}

function tell(message: FromWorker): Promise<void> {
  return new Promise((resolve) => {
    process.send?.(message, undefined, undefined, () => resolve());
  });
}
