/** Starts Portico as its users do: from the command line, on a Python application. */

import { join } from "node:path";
import type { PythonSite } from "./gunicorn.ts";
import { pythonProgram, repositoryRoot } from "./python-environment.ts";
import { type ServerCommand, ServerProcess } from "./server-process.ts";

export function startPortico(site: PythonSite): Promise<ServerProcess> {
  return start("Portico", site, []);
}

/** It tells in its log which rules of the contract the site breaks. */
export function startPorticoUnderLint(site: PythonSite): Promise<ServerProcess> {
  return start("Portico under lint", site, ["--lint"]);
}

export const ON_PYODIDE = "Portico on Pyodide";

/** In threads of the server, and not in processes of an installed Python. */
export function startPorticoOnPyodide(site: PythonSite): Promise<ServerProcess> {
  const { SITE_STATE, SITE_FILES } = site.environ;
  const mounts = [SITE_STATE, SITE_FILES].join();
  return start(ON_PYODIDE, site, ["--engine", "pyodide", "--mount", mounts], {
    environ: { ...site.environ, VIRTUAL_ENV: join(repositoryRoot, ".venv") },
    // Its start may take longer than a visitor waits.
    serves: /\bReady\n/,
  });
}

function start(
  name: string,
  site: PythonSite,
  options: string[],
  more: Partial<ServerCommand> = {},
): Promise<ServerProcess> {
  const portico = join(repositoryRoot, "bin", "portico.mjs");
  const bind = ["--bind", "127.0.0.1:0", "--workers", "2"];
  const python = ["--python", pythonProgram("python"), "--chdir", site.directory];
  return ServerProcess.start({
    name,
    command: process.execPath,
    args: [portico, site.target, ...bind, ...python, ...options],
    environ: site.environ,
    ...more,
  });
}
