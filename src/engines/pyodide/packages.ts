/** The packages of a requirements file, installed once into a folder of the cache. */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import type { Logger } from "../../log/logger.ts";
import { LoadError } from "../errors.ts";
import { cacheDirectory, digest } from "./cache-directory.ts";
import { holdLock } from "./install-lock.ts";
import type { InstallData } from "./install-main.ts";
import { fetchWheel, indexOf } from "./package-index.ts";
import { readRequirements } from "./requirements-file.ts";
import type { InterpreterSettings } from "./snapshot.ts";

/** All of it: what is slower than that does not come at all. */
const INSTALL_TIMEOUT_MS = 600_000;

export interface PackagesQuestion {
  /** The requirements file. */
  readonly requirements: string;
  /** Of the `pyodide` package, whose Python the packages are for. */
  readonly version: string;
  readonly interpreter: Pick<InterpreterSettings, "pyodide" | "program" | "env">;
  readonly log: Logger;
}

/**
 * A `site-packages` directory with all that the file names, which no interpreter may change.
 * @throws {LoadError} the file, the network or a package is not as it must be
 */
export async function ensurePackages(question: PackagesQuestion): Promise<string> {
  const { requirements, version, interpreter } = question;
  const wanted = readRequirements(requirements);
  const texts = wanted.map(({ text }) => `${text}\n`);
  const folder = join(cacheDirectory(interpreter.env), `packages-${version}-${digest(texts)}`);
  if (existsSync(folder)) return folder;
  const index = indexOf(interpreter.env);
  const signal = AbortSignal.timeout(INSTALL_TIMEOUT_MS);
  using _lock = await lockOf(folder, signal);
  // Another process has had the lock, and done it.
  if (existsSync(folder)) return folder;
  question.log.info(`Installing what ${requirements} names into ${folder}`);
  const installer = await fetchInstaller(index, interpreter.pyodide, signal);
  const unfinished = `${folder}.${process.pid}`;
  const sitePackages = join(unfinished, "site-packages");
  const downloads = join(unfinished, "downloads");
  try {
    for (const each of [sitePackages, downloads]) mkdirSync(each, { recursive: true });
    await install({ ...interpreter, index, installer, wanted, sitePackages, downloads }, signal);
    if (!existsSync(folder)) renameSync(sitePackages, folder);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
  return folder;
}

async function lockOf(folder: string, signal: AbortSignal): Promise<Disposable> {
  const path = `${folder}.lock`;
  try {
    mkdirSync(dirname(folder), { recursive: true, mode: 0o700 });
    return await holdLock(path, signal);
  } catch (error) {
    const why = signal.aborted
      ? `another process has held ${path} for too long; remove it if there is none`
      : `${String(error)}; XDG_CACHE_HOME says where packages are kept`;
    throw new LoadError(`--requirements: ${why}`, 1);
  }
}

/** micropip, in the version that was made with this Pyodide. */
async function fetchInstaller(
  index: string,
  pyodide: string,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const path = join(dirname(fileURLToPath(pyodide)), "pyodide-lock.json");
  // Pyodide's own format.
  const { packages } = JSON.parse(readFileSync(path, "utf8")) as {
    readonly packages: Readonly<Record<string, { readonly file_name: string }>>;
  };
  const filename = packages.micropip?.file_name;
  if (filename === undefined) throw new LoadError(`${path} has no micropip`, 1);
  return await fetchWheel(index, "micropip", filename, signal);
}

/** In a thread: it may be ended, and the interpreter in it waits for what comes from the network. */
async function install(data: InstallData, signal: AbortSignal): Promise<void> {
  const thread = new Worker(new URL("./install-main.js", import.meta.url), { workerData: data });
  const end = (): void => void thread.terminate();
  signal.addEventListener("abort", end, { once: true });
  const failure = await new Promise<string>((settle) => {
    thread.once("message", settle);
    thread.once("error", (error) => settle(error.message));
    thread.once("exit", () => settle(`not done within ${INSTALL_TIMEOUT_MS / 1000} s`));
  });
  signal.removeEventListener("abort", end);
  await thread.terminate();
  if (failure !== "") throw new LoadError(`--requirements: ${failure}`, 4);
}
