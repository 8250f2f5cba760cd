/** `portico ctl` about one run of the command line. */
import { PorticoRun, type RunEnd } from "./portico-run.ts";

/** A reload is waited for, on a machine that does much else. */
const LONGEST = 120_000;

/** Where the run is controlled; resolves when it can be. */
export async function controlSocketOf(run: PorticoRun): Promise<string> {
  const line = await run.stderr.line(/\[INFO\] Control socket: /);
  return line.replace(/^.*Control socket: /, "");
}

/** Starts `portico ctl` about it. */
export async function ctlRun(run: PorticoRun, ...args: readonly string[]): Promise<PorticoRun> {
  const socket = await controlSocketOf(run);
  return new PorticoRun({
    args: ["ctl", "--socket", socket, ...args],
    ...{ cwd: "/", ownPython: true, longest: LONGEST },
  });
}

/** Runs `portico ctl` about it, to its end. */
export async function ctl(run: PorticoRun, ...args: readonly string[]): Promise<RunEnd> {
  return (await ctlRun(run, ...args)).ended;
}

/** What it prints as JSON. @throws if it fails */
export async function ctlJson(run: PorticoRun, ...args: readonly string[]): Promise<unknown> {
  const { code, stdout, stderr } = await ctl(run, ...args, "--json");
  if (code !== 0) throw new Error(`portico ctl ${args.join(" ")} ended with ${code}:\n${stderr}`);
  return JSON.parse(stdout);
}
