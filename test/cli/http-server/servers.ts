/** The two commands that serve the files of a directory, Python's and Portico's, as processes. */

import { PorticoRun, type RunOptions } from "../../support/portico-run.ts";
import { pythonProgram } from "../../support/python-environment.ts";

/** A run of `portico http.server` or `portico static` that has said where it serves. */
export async function serveFolder(
  args: readonly string[],
  options: Partial<RunOptions> = {},
): Promise<{ readonly run: PorticoRun; readonly port: number }> {
  const run = new PorticoRun({ args, cwd: "/", ownPython: true, ...options });
  const ended = run.ended.then(({ stderr }) => {
    throw new Error(`portico ${args.join(" ")} ended:\n${stderr}`);
  });
  const line = await Promise.race([run.stdout.line(/^Serving HTTPS? on /), ended]);
  return { run, port: Number(/ port (\d+) /.exec(line)?.[1]) };
}

/** A run of `python -m http.server` with the same arguments, where `through` puts Python in Portico's place. */
export function servePython(
  args: readonly string[],
): Promise<{ readonly run: PorticoRun; readonly port: number }> {
  // The arguments that follow are Portico's own; the shell passes over its program's two words.
  const script = `shift 2; shift; exec "$0" -u -m http.server "$@"`;
  const through = ["sh", "-c", script, pythonProgram("python")];
  return serveFolder(["http.server", ...args], { through });
}
