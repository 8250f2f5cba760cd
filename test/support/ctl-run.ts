/** `portico ctl` about one run of the command line. */
import { type PorticoRun, type RunEnd, runToEnd } from "./portico-run.ts";

/** Where the run is controlled; resolves when it can be. */
export async function controlSocketOf(run: PorticoRun): Promise<string> {
  const line = await run.stderr.line(/\[INFO\] Control socket: /);
  return line.replace(/^.*Control socket: /, "");
}

/** Runs `portico ctl` about it, to its end. */
export async function ctl(run: PorticoRun, ...args: readonly string[]): Promise<RunEnd> {
  const socket = await controlSocketOf(run);
  return runToEnd({ args: ["ctl", "--socket", socket, ...args], cwd: "/", ownPython: true });
}

/** What it prints as JSON. @throws if it fails */
export async function ctlJson(run: PorticoRun, ...args: readonly string[]): Promise<unknown> {
  const { code, stdout, stderr } = await ctl(run, ...args, "--json");
  if (code !== 0) throw new Error(`portico ctl ${args.join(" ")} ended with ${code}:\n${stderr}`);
  return JSON.parse(stdout);
}
