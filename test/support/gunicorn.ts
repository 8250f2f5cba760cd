/** Starts gunicorn from PyPI, the server that Portico's answers are compared with. */

import { pythonProgram } from "./python-environment.ts";
import { ServerProcess } from "./server-process.ts";

export interface PythonSite {
  /** Where the application's module is. */
  readonly directory: string;
  /** As on the command line: `module:attribute` or `module:create_app()`. */
  readonly target: string;
  readonly environ: Readonly<Record<string, string>>;
}

/** Two processes of gunicorn's default kind, `sync`. */
export function startGunicorn(site: PythonSite): Promise<ServerProcess> {
  return start("gunicorn", site, []);
}

/** Two processes with four threads each: another server with the same answers. */
export function startThreadedGunicorn(site: PythonSite): Promise<ServerProcess> {
  return start("gunicorn with threads", site, ["--threads", "4"]);
}

function start(name: string, site: PythonSite, options: string[]): Promise<ServerProcess> {
  const bind = ["--bind", "127.0.0.1:0", "--workers", "2", "--no-control-socket"];
  const args = [...bind, "--chdir", site.directory, ...options, site.target];
  return ServerProcess.start({
    name,
    command: pythonProgram("gunicorn"),
    args,
    environ: site.environ,
  });
}
