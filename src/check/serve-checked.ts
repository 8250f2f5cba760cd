/** The served process's side: serves the application, tells its checker what lint finds, ends with it. */
import type { RunningServer } from "../embed/make-server.ts";
import { watchProcess } from "../embed/process-watch.ts";
import type { OnFinding } from "../wsgi/lint/finding.ts";
import { type FromServed, isToServed, LONGEST_STALL, STALL_DESCRIPTOR } from "./messages.ts";

export interface ServeCheckedOptions {
  /** The checker's pid: this process ends with it. */
  readonly checker: number;
  /** Loads the application under lint and makes the server, which this process starts and ends. */
  readonly open: (onFinding: OnFinding, onInnerLint: () => void) => Promise<RunningServer>;
  /** What runs the application, once it is loaded. */
  readonly runtimes: () => readonly string[];
  /** What to tell the checker about an error of `open`. */
  readonly failure: (error: unknown) => { readonly message: string; readonly exitCode: number };
}

/** What requests that are still open get when the checker has seen enough, in milliseconds. */
const GRACE = 1_000;

export async function serveChecked(options: ServeCheckedOptions): Promise<void> {
  process.once("disconnect", () => process.exit(0));
  if (!process.connected) process.exit(0);
  const serving = watchProcess({
    parent: options.checker,
    longestStall: LONGEST_STALL,
    // The stack tells when it has returned; a checker that must not wait so long kills.
    patience: Number.POSITIVE_INFINITY,
    descriptor: STALL_DESCRIPTOR,
  });
  let server: RunningServer;
  try {
    const onFinding: OnFinding = (finding) => void tell({ portico: "finding", finding });
    server = await options.open(
      onFinding,
      once(() => void tell({ portico: "inner lint" })),
    );
  } catch (error) {
    const { message, exitCode } = options.failure(error);
    await tell({ portico: "failed", message, exitCode });
    process.exit(exitCode);
  }
  process.on("message", (message) => {
    if (!isToServed(message)) return;
    if (message.portico === "ping") void tell({ portico: "pong" });
    else void stop(server);
  });
  serving();
  server.start();
  await tell({ portico: "ready", port: server.port, runtimes: options.runtimes() });
}

function once(act: () => void): () => void {
  let isDone = false;
  return () => {
    if (isDone) return;
    isDone = true;
    act();
  };
}

/** This is the last message: when it has gone out, so has every finding before it. */
async function stop(server: RunningServer): Promise<void> {
  await server.close(GRACE);
  await tell({ portico: "stopped" });
  process.exit(0);
}

function tell(message: FromServed): Promise<void> {
  return new Promise((resolve) => {
    process.send?.(message, undefined, undefined, () => resolve());
  });
}
