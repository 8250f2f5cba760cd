/** How this process was started, and how it starts another of its kind. */
import { type ChildProcess, type StdioOptions, spawn } from "node:child_process";
import { statSync } from "node:fs";
import { describeExit, type ProcessExit, SPAWN_FAILED } from "../processes/worker-process.ts";
import type { Address, OpenSocket } from "../server/addresses.ts";
import { passedSockets } from "./passed-sockets.ts";
import type { EnvironmentVariables } from "./setting-sources.ts";

/** Holds a {@link Starter}, as JSON, in the environment of a server that Portico itself has started. */
const STARTER_VARIABLE = "PORTICO_STARTED_BY";

/** What a service manager says to the process that it starts, and to no process below it. */
const MANAGERS_VARIABLES = [
  ...["LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"],
  ...["NOTIFY_SOCKET", "WATCHDOG_PID", "WATCHDOG_USEC"],
] as const;

/** Numbered for one process: a process started anew could not know its number before. */
const NUMBERED = ["LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES", "WATCHDOG_PID"] as const;

/** The first descriptor beyond the standard ones. */
const FIRST_SOCKET = 3;

/** Who started this process, if Portico did; it hears over Node's channel how the start goes. */
export type Starter = { readonly kind: "launcher" } | Predecessor;

/** A server that passes its sockets on, at descriptors from 3 on. */
export interface Predecessor {
  readonly kind: "predecessor";
  readonly pid: number;
  readonly sockets: readonly PassedSocket[];
}

export interface PassedSocket {
  readonly address: Address;
  /** Also when there is one server only, as systemd's are. */
  readonly isShared: boolean;
}

export interface Launch {
  /** As the shell calls it: a link may lead elsewhere by the time another server is started. */
  readonly directory: string;
  readonly env: EnvironmentVariables;
  readonly starter: Starter | undefined;
  /** To listen on in place of what --bind says. */
  readonly sockets: readonly OpenSocket[];
}

/** What a server that was started says of its start. */
export type StartOutcome =
  | { readonly portico: "ready" }
  | { readonly portico: "failed"; readonly message: string; readonly exitCode: number };

/** Reads how this process was started and takes what is for it alone out of its environment. */
export function takeLaunch(): Launch {
  const told = process.env[STARTER_VARIABLE];
  delete process.env[STARTER_VARIABLE];
  const env = { ...process.env };
  for (const variable of MANAGERS_VARIABLES) delete process.env[variable];
  // It was written by startAnother(), in a process of this same program.
  const starter = told === undefined ? undefined : (JSON.parse(told) as Starter);
  const sockets =
    starter?.kind === "predecessor"
      ? starter.sockets.map(({ address }, index) => socketAt(index, address))
      : passedSockets(env, process.pid);
  return { directory: directoryOf(env), env, starter, sockets };
}

function socketAt(index: number, address: Address): OpenSocket {
  return { kind: "descriptor", descriptor: FIRST_SOCKET + index, address };
}

/** $PWD, which keeps the names of links, where it is the working directory: as gunicorn has it. */
function directoryOf({ PWD: logical }: EnvironmentVariables): string {
  const real = process.cwd();
  if (logical === undefined) return real;
  const [one, other] = [statSync(logical, { throwIfNoEntry: false }), statSync(real)];
  return one?.ino === other.ino && one.dev === other.dev ? logical : real;
}

export interface StartOptions {
  readonly starter: Starter;
  /** Standard input, output and error. */
  readonly stdio: readonly ("ignore" | "inherit")[];
  /** Descriptors of this process. */
  readonly sockets?: readonly number[];
  /** Whether it gets a session of its own. */
  readonly detached?: boolean;
}

/** A server that this process has started. */
export interface StartedServer {
  readonly process: ChildProcess;
  /** How its start went; resolves when that is known. */
  readonly outcome: Promise<StartOutcome>;
  readonly exited: Promise<ProcessExit>;
}

/** The same program with the same arguments, directory and environment. */
export function startAnother(launch: Launch, options: StartOptions): StartedServer {
  const env: Record<string, string | undefined> = { ...launch.env };
  for (const variable of NUMBERED) delete env[variable];
  env[STARTER_VARIABLE] = JSON.stringify(options.starter);
  const stdio: StdioOptions = [...options.stdio, ...(options.sockets ?? []), "ipc"];
  const child = spawn(process.execPath, [...process.execArgv, ...process.argv.slice(1)], {
    cwd: launch.directory,
    env,
    stdio,
    detached: options.detached ?? false,
  });
  const exited = new Promise<ProcessExit>((resolve) => {
    child.once("exit", (code, signal) => resolve({ code, signal }));
    child.once("error", () => resolve({ code: SPAWN_FAILED, signal: null }));
  });
  const outcome = new Promise<StartOutcome>((resolve) => {
    // Nobody else writes to this channel.
    child.once("message", (message) => resolve(message as StartOutcome));
    void exited.then((exit) => {
      const message = `the server ${describeExit(exit)} before it was ready`;
      resolve({ portico: "failed", message, exitCode: exit.code || 1 });
    });
  });
  return { process: child, outcome, exited };
}

/** Tells who started this process, if Portico did and still listens. */
export function tellStarter(outcome: StartOutcome): Promise<void> {
  return new Promise((resolve) => {
    if (process.send === undefined || !process.connected) resolve();
    else process.send(outcome, undefined, undefined, () => resolve());
  });
}
