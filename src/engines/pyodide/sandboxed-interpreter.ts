/**
 * An interpreter in a process of its own, which Node.js lets read its application's directories and
 * what Portico and Pyodide are made of, and nothing else: no other file, process, thread or addon.
 */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Launch, makeMarker, SpawnedWorker } from "../cpython/spawn.ts";
import { AlertingMarker } from "./alerting-marker.ts";
import { liesIn } from "./directory-entries.ts";
import { inheritedDescriptors } from "./inherited-descriptors.ts";
import { permissionFlag } from "./permission-model.ts";
import type { InterpreterSettings } from "./snapshot.ts";

const MAIN = fileURLToPath(new URL("./sandbox-main.js", import.meta.url));

/** Where Portico's JavaScript lies, and the package.json that says how it is to be read. */
const CODE = dirname(dirname(dirname(MAIN)));
const PACKAGES = [
  join(dirname(CODE), "package.json"),
  join(dirname(dirname(CODE)), "package.json"),
];

/** What its program reads. */
export interface Input extends InterpreterSettings {
  /** Descriptors that somebody has given this process, and that no application is to have. */
  readonly inherited: readonly number[];
}

export class SandboxedInterpreter extends SpawnedWorker {
  readonly #marker: AlertingMarker;

  /** @throws {SpawnError} */
  constructor(settings: InterpreterSettings) {
    const marker = makeMarker(AlertingMarker);
    super(sandboxedLaunch(settings), marker);
    this.#marker = marker;
  }

  /** Its Python reads what was sent to it although a request runs. */
  alert(): void {
    this.#marker.alert(this.bytesSent);
  }
}

function sandboxedLaunch(settings: InterpreterSettings): Launch {
  const { pyodide, program, directories, files, snapshot, env } = settings;
  const readable = [
    ...[CODE, ...PACKAGES, dirname(fileURLToPath(pyodide)), program],
    ...[...directories, ...settings.readable],
    ...(snapshot !== undefined && existsSync(snapshot) ? [snapshot] : []),
  ];
  const writable = files === "read-write" ? directories : [];
  return {
    command: process.execPath,
    // One that the application cannot move: see `chdir` in closed-builtins.ts.
    directory: "/",
    env: { ...env },
    program: [
      permissionFlag(process.versions.node),
      ...outermost(readable).map((path) => `--allow-fs-read=${path}`),
      ...outermost(writable).map((path) => `--allow-fs-write=${path}`),
      "--disable-warning=ExperimentalWarning",
      "--disable-warning=SecurityWarning",
      MAIN,
    ],
    input: JSON.stringify({ ...settings, inherited: inheritedDescriptors() } satisfies Input),
    // A log that is a file could be read, changed and cut by its descriptor.
    isKeptFromOutput: true,
  };
}

/** Node.js 20 ends with a failed assertion where one is said twice, or lies in another. */
export function outermost(paths: readonly string[]): string[] {
  const all = [...new Set(paths)];
  return all.filter((path) => !all.some((other) => liesIn(path, other)));
}
