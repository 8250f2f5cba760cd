/** Starts Portico as its users do: from the command line, on a Python application. */

import { join } from "node:path";
import type { PythonSite } from "./gunicorn.ts";
import { pythonProgram, repositoryRoot } from "./python-environment.ts";
import { ServerProcess } from "./server-process.ts";

export function startPortico(site: PythonSite): Promise<ServerProcess> {
  return start("Portico", site, []);
}

/** It tells in its log which rules of the contract the site breaks. */
export function startPorticoUnderLint(site: PythonSite): Promise<ServerProcess> {
  return start("Portico under lint", site, ["--lint"]);
}

function start(name: string, site: PythonSite, options: string[]): Promise<ServerProcess> {
  const portico = join(repositoryRoot, "bin", "portico.mjs");
  const bind = ["--bind", "127.0.0.1:0", "--workers", "2"];
  const python = ["--python", pythonProgram("python"), "--chdir", site.directory];
  return ServerProcess.start({
    name,
    command: process.execPath,
    args: [portico, site.target, ...bind, ...python, ...options],
    environ: site.environ,
  });
}
