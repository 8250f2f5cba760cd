/** What the commands share that start peers: how they are stopped, how they end, how they read numbers. */

/** Aborts when this process is told to end: servers that were started are to end first. */
export function whenStopped(): AbortSignal {
  const stopped = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => stopped.abort());
  }
  return stopped.signal;
}

/** Runs a command to its end; what goes wrong is one line and an exit status. */
export async function runCommand(
  main: (args: readonly string[]) => Promise<void>,
  stopped: AbortSignal,
): Promise<void> {
  try {
    await main(process.argv.slice(2));
  } catch (error) {
    console.error(stopped.aborted ? "Stopped." : error instanceof Error ? error.message : error);
    process.exitCode = stopped.aborted ? 130 : 1;
  }
}

/** @throws {Error} the text of this flag is no whole number from 1 on */
export function positive(flag: string, text: string): number {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new Error(`${flag} takes a whole number from 1 on, not ${JSON.stringify(text)}`);
}
