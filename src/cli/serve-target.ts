/** From settings and a target to a server that serves it, in this process. */
import { resolve } from "node:path";
import { keepHeapHeadroom } from "../buffers/heap-headroom.ts";
import { setPythonDefaults } from "../embed/engines.ts";
import { type MakeServerOptions, RunningServer } from "../embed/make-server.ts";
import { python } from "../embed/python.ts";
import {
  milliseconds,
  type PythonOptions,
  type WorkerHooks,
} from "../engines/cpython/python-options.ts";
import { LoadError } from "../engines/errors.ts";
import { loadApplication } from "../engines/in-process.ts";
import { warmUp } from "../engines/warm-up.ts";
import type { Logger } from "../log/logger.ts";
import type { Binding, OpenSocket } from "../server/addresses.ts";
import { LONGEST_TIMER } from "../server/limits.ts";
import type { Server } from "../server/server.ts";
import type { ListenerTls } from "../server/tls-options.ts";
import type { Application } from "../wsgi/types.ts";
import { healthPaths } from "./drain-settings.ts";
import { engineOptions } from "./engine-settings.ts";
import { UsageError } from "./errors.ts";
import { servesFiles } from "./files-settings.ts";
import { hasRequestIds } from "./logging-settings.ts";
import type { Logs } from "./logs.ts";
import { recyclingOptions } from "./recycling-settings.ts";
import type { SettingSources } from "./setting-sources.ts";
import type { Settings } from "./settings.ts";
import type { Target } from "./targets.ts";

export interface Order {
  readonly settings: Settings;
  readonly sources: SettingSources;
  readonly target: Target;
  /** As it was typed. */
  readonly targetText: string;
  /** Those that this process was started with, in place of what --bind says. */
  readonly sockets?: readonly OpenSocket[];
  /** Undefined for plain HTTP. */
  readonly tls?: ListenerTls | undefined;
  /** What Python workers are told beside what the settings say. */
  readonly python?: PythonOptions;
  /** Those of a gunicorn configuration file, where there is one. */
  readonly hooks?: WorkerHooks;
}

/** @throws {UsageError} */
export function enterDirectory(path: string): void {
  try {
    process.chdir(path);
  } catch (error) {
    throw new UsageError(`--chdir: ${path} is no directory that can be entered`, { cause: error });
  }
}

/**
 * @throws {LoadError} the target cannot be loaded
 * @throws {UsageError} a directory of files is not there
 */
export async function applicationOf(order: Order, log: Logger): Promise<Application> {
  const application = await targetOf(order, log);
  if (!servesFiles(order.settings)) return application;
  const { filesMiddleware } = await import("./served-files.ts");
  return filesMiddleware(order.settings)(application);
}

async function targetOf(order: Order, log: Logger): Promise<Application> {
  const { settings, target } = order;
  if (target.kind === "python") {
    const { workers, threads } = settings;
    return python(target.target, {
      ...{ workers, threads, log },
      ...recyclingOptions(settings),
      ...(settings.warmup !== undefined && { warmup: settings.warmup }),
      ...(order.hooks !== undefined && { hooks: order.hooks }),
      ...pythonOptions(order),
    });
  }
  setPythonDefaults({ log, ...chosenPythonOptions(order) });
  const path = resolve(target.path);
  const loading = loadApplication(path, target.exportName);
  const application = await inTime(loading, settings.bootTimeout, path);
  return settings.lint ? await linted(application, log) : application;
}

/** Its rules are loaded here: a server without lint starts without them. */
async function linted(application: Application, log: Logger): Promise<Application> {
  const { lint } = await import("../middleware/lint.ts");
  const { tellOnce } = await import("../wsgi/lint/told-findings.ts");
  return lint(application, { onFinding: tellOnce("typescript", (line) => log.warning(line)) });
}

/** The timer also keeps Node.js from ending, with nothing said, where an import waits for nothing. */
async function inTime<Result>(
  loading: Promise<Result>,
  seconds: number,
  path: string,
): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => {
        const remedy =
          "a top-level await of it has not ended; if it serves by itself, run it with node";
        reject(
          new LoadError(`${path}: not imported within --boot-timeout ${seconds} s: ${remedy}`, 4),
        );
      },
      seconds === 0 ? LONGEST_TIMER : seconds * 1000,
    );
  });
  try {
    return await Promise.race([loading, late]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Listens, loads, and returns a server that is ready to start; without addresses it is to be told
 * where to listen.
 * @throws {ListenError}
 * @throws {LoadError}
 */
export async function openServer(
  order: Order,
  logs: Logs,
  addresses: readonly Binding[],
  onListening?: (server: Server) => Promise<void>,
): Promise<RunningServer> {
  keepHeapHeadroom();
  const application = await applicationOf(order, logs.error);
  const options = { log: logs.error, ...logs.observer, ...serverOptions(order) };
  const server = await RunningServer.open(application, addresses, options, onListening);
  const { warmup } = order.settings;
  // Each worker of a Python application is warmed up by its engine.
  if (order.target.kind === "python" || warmup === undefined) return server;
  try {
    await warmUp(application, warmup, logs.error);
    return server;
  } catch (error) {
    await server.close(0);
    throw error;
  }
}

/** Where to listen, and with which rights. */
export function bindingsOf({ sockets, settings }: Order): readonly Binding[] {
  if (sockets !== undefined && sockets.length > 0) return sockets;
  return settings.bind.map((binding) => withRights(binding, settings));
}

export function withRights<Any extends Binding>(binding: Any, { umask }: Settings): Any {
  return binding.kind === "unix" ? { ...binding, umask } : binding;
}

function serverOptions({ settings, target }: Order): MakeServerOptions {
  const noLimit = (value: number): number => (value === 0 ? Number.MAX_SAFE_INTEGER : value);
  return {
    backlog: settings.backlog,
    multiprocess: target.kind === "javascript" && settings.workers > 1,
    timeouts: {
      head: settings.headTimeout * 1000,
      body: settings.bodyTimeout * 1000,
      keepAlive: settings.keepAlive * 1000,
      write: settings.writeTimeout * 1000,
      // Workers of a Python application keep it, and know more: which of them it is, and where it stands.
      application: target.kind === "python" ? Infinity : milliseconds(settings.timeout),
      minRate: settings.minRate,
    },
    connections: {
      total: settings.limitConnections,
      perAddress: settings.limitConnectionsPerAddress,
    },
    buffers: {
      each: settings.limitBuffer,
      memory: settings.limitBufferMemory,
      disk: settings.limitBufferDisk,
    },
    proxies: {
      forwardedAllowIps: settings.forwardedAllowIps,
      forwardedHeaders: settings.forwardedHeaders,
      proxyProtocol: settings.proxyProtocol,
      proxyAllowFrom: settings.proxyAllowFrom,
    },
    ...healthPaths(settings),
    headerMap: settings.headerMap,
    requestIds: hasRequestIds(settings),
    environ: settings.environ,
    limits: {
      maxHeadBytes: settings.limitRequestHead,
      maxRequestLineBytes: noLimit(settings.limitRequestLine),
      maxFields: noLimit(settings.limitRequestFields),
      maxFieldBytes: noLimit(settings.limitRequestFieldSize),
      maxBodyBytes: noLimit(settings.limitRequestBody),
    },
  };
}

function pythonOptions({ settings, python: more }: Order): PythonOptions {
  return {
    pythonPath: settings.pythonpath,
    timeout: settings.timeout,
    maxQueued: settings.queue,
    queueTimeout: settings.queueTimeout,
    bootTimeout: settings.bootTimeout,
    gracefulTimeout: settings.gracefulTimeout,
    lint: settings.lint,
    preload: settings.preload,
    ...engineOptions(settings),
    ...(settings.python !== undefined && { python: settings.python }),
    ...more,
  };
}

/** What the command line says for the `python()` calls of a module that does not say it itself. */
function chosenPythonOptions(order: Order): PythonOptions {
  const { settings, sources } = order;
  const isChosen = (name: keyof Settings): boolean => sources[name].kind !== "default";
  return {
    multiprocess: settings.workers > 1,
    ...(isChosen("threads") && { threads: settings.threads }),
    ...pythonOptions(order),
  };
}
