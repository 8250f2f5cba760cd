/** `--daemon`: the server is started again in a session of its own, and this process tells how that went. */
import { UsageError } from "./errors.ts";
import { type Launch, startAnother, tellStarter } from "./launch.ts";
import type { Settings } from "./settings.ts";

/** As gunicorn's: whoever starts the daemon may have any. */
const UMASK = 0o022;

/** Ends this process when the server is ready or has failed, with the server's status. */
export async function detach(launch: Launch, settings: Settings): Promise<never> {
  if (launch.sockets.length > 0) {
    const remedy = "leave --daemon out: who passes sockets watches the process";
    throw new UsageError(`--daemon: sockets that LISTEN_FDS passes cannot be passed on; ${remedy}`);
  }
  const output = settings.enableStdioInheritance ? "inherit" : "ignore";
  if (output === "ignore" && settings.errorLogfile === "-") {
    process.stderr.write("portico: the daemon's log goes nowhere; give it --error-logfile FILE\n");
  }
  process.umask(UMASK);
  const server = startAnother(launch, {
    starter: { kind: "launcher" },
    stdio: ["ignore", output, output],
    detached: true,
  });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => server.process.kill("SIGTERM"));
  }
  const outcome = await server.outcome;
  if (outcome.portico === "ready") process.exit(0);
  // What it leaves, as the file of --pid, is gone when this process is.
  await server.exited;
  // A server that has this one's standard error has said it itself.
  if (output === "ignore") process.stderr.write(`portico: ${outcome.message}\n`);
  process.exit(outcome.exitCode);
}

/** What a server does that {@link detach} has started. */
export const daemonAttendant = {
  async ready(): Promise<void> {
    await tellStarter({ portico: "ready" });
    if (process.connected) process.disconnect();
  },
};
