/** A thread that installs packages, says why it could not, and ends. */
import { parentPort, workerData } from "node:worker_threads";
import type { PyodideAPI } from "pyodide";
import type { Requirement } from "./requirements-file.ts";
import { runPython } from "./run-python.ts";
import { type InterpreterSettings, loadFresh, showDirectory } from "./snapshot.ts";

export interface InstallData extends Pick<InterpreterSettings, "pyodide" | "program" | "env"> {
  /** As pip has it: `{index}/{project}/` are pages. */
  readonly index: string;
  /** A wheel of micropip. */
  readonly installer: Uint8Array;
  readonly wanted: readonly Requirement[];
  /** Empty; the packages go there. */
  readonly sitePackages: string;
  /** For what comes from Pyodide's own distribution. */
  readonly downloads: string;
}

const INSTALLER_PATH = "/tmp/micropip.whl";

// What a thread is started with is what packages.ts gives it.
parentPort?.postMessage(await failureOf(workerData as InstallData));

/** Why not all could be installed; empty where all is. */
async function failureOf(data: InstallData): Promise<string> {
  const { program, wanted, index, downloads } = data;
  const python = await loadFresh(data, { packageCacheDir: downloads });
  showDirectory(python, program);
  const site: unknown = python.runPython("import site; site.getsitepackages()[0]");
  python.mountNodeFS(String(site), data.sitePackages);
  python.FS.writeFile(INSTALLER_PATH, data.installer);
  throwWhatFails(python);
  runPython(python, "import sys; sys.path.append(program)", { program });
  const install: unknown = python.pyimport("portico.package_installer").install;
  if (typeof install !== "function") throw new Error("portico.package_installer has no install");
  const lines = wanted.map(({ text, where }) => [text, where]);
  return String(await install(INSTALLER_PATH, index, python.toPy(lines)));
}

/** The package itself writes what it could not load to the console, and goes on. */
function throwWhatFails(python: PyodideAPI): void {
  const load = python.loadPackage.bind(python);
  python.loadPackage = async (names) => {
    const failures: string[] = [];
    const loaded = await load(names, {
      messageCallback: () => {},
      errorCallback: (text) => failures.push(text),
    });
    if (failures.length === 0) return loaded;
    throw new Error(
      `it needs ${[...new Set([names].flat())].join(", ")} as Pyodide has it compiled, which cannot be had from cdn.jsdelivr.net: ${failures.join(" ")}`,
    );
  };
}
