/** A server worker's side: serves, answers its supervisor, ends when told to or left alone. */
import type { RunningServer } from "../embed/make-server.ts";
import { urlOf } from "../server/addresses.ts";
import { type FromWorker, isToWorker } from "./messages.ts";

/** Runs in the worker process; `open` makes the server, which this one starts and ends. */
export async function runServerWorker(
  open: () => Promise<RunningServer>,
  gracefulMilliseconds: number,
  failure: (error: unknown) => { readonly message: string; readonly exitCode: number },
): Promise<void> {
  // Ctrl-C goes to every process of the terminal; what it means is the supervisor's to say.
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => {});
  let server: RunningServer;
  try {
    server = await open();
  } catch (error) {
    const { message, exitCode } = failure(error);
    await tell({ portico: "failed", message, exitCode });
    process.exit(exitCode);
  }
  process.on("message", (message) => {
    if (!isToWorker(message)) return;
    if (message.portico === "ping") void tell({ portico: "pong" });
    else void server.close(gracefulMilliseconds).then(() => process.exit(0));
  });
  server.start();
  await tell({ portico: "ready", urls: server.addresses.map(urlOf) });
}

function tell(message: FromWorker): Promise<void> {
  return new Promise((resolve) => {
    // A supervisor that is gone takes this process with it (node:cluster, "disconnect").
    process.send?.(message, undefined, undefined, () => resolve());
  });
}
