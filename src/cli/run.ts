/** The command line: argv → settings → a server; a mistake → one line and an exit status. */
import { holdEngines, releaseEngines } from "../embed/engines.ts";
import type { RunningServer } from "../embed/make-server.ts";
import { handleSignals } from "../embed/signals.ts";
import { VERSION } from "../embed/version.ts";
import { milliseconds } from "../engines/cpython/python-options.ts";
import type { Logger } from "../log/logger.ts";
import { urlOf } from "../server/addresses.ts";
import { LONGEST_TIMER } from "../server/limits.ts";
import type { Server } from "../server/server.ts";
import { WORKER_VARIABLE } from "../supervisor/messages.ts";
import { runServerWorker } from "../supervisor/server-worker.ts";
import { Supervisor } from "../supervisor/supervisor.ts";
import { parseArguments, type ServeLine } from "./arguments.ts";
import { findConfigFile } from "./config-file.ts";
import { failure } from "./failure.ts";
import { GunicornHooks } from "./gunicorn-hooks.ts";
import { helpText, printedConfig, versionText } from "./help.ts";
import { Logs } from "./logs.ts";
import { keepPidFile } from "./pid-file.ts";
import { recyclingOptions } from "./recycling-settings.ts";
import {
  addressesOf,
  applicationOf,
  enterDirectory,
  type Order,
  openServer,
} from "./serve-target.ts";
import type { Settings } from "./settings.ts";
import { COMMAND_VARIABLE, type SettledCommand, settleCommand } from "./settled-command.ts";
import { SUBCOMMANDS } from "./subcommands.ts";
import { checkTarget, parseTarget } from "./targets.ts";

/** The last line of a start: from here on requests are answered. */
const READY = "Ready";

/** Runs `portico` with the arguments behind its name; ends the process where there is no server. */
export async function main(argv: readonly string[]): Promise<void> {
  const [word = "", ...others] = argv;
  const subcommand = SUBCOMMANDS.get(word);
  try {
    const told = process.env[COMMAND_VARIABLE];
    if (told !== undefined) return await obeySupervisor(told);
    if (subcommand !== undefined) return await subcommand.run(others);
    const commandLine = parseArguments(argv, process.env);
    if (commandLine.kind === "serve") await obey(commandLine);
    else process.stdout.write(commandLine.kind === "help" ? helpText() : versionText(VERSION));
  } catch (error) {
    const { message, exitCode } = failure(error);
    process.stderr.write(`portico: ${message}\n`);
    process.exit(exitCode);
  }
}

async function obey(line: ServeLine): Promise<void> {
  const directory = process.cwd();
  const file = await findConfigFile(line);
  const command = settleCommand(line, file);
  const { settings } = command;
  enterDirectory(settings.chdir);
  Object.assign(process.env, settings.env);
  if (settings.printConfig) process.stdout.write(printedConfig(settings, command.sources));
  const plain = orderOf(command);
  const logs = new Logs(settings);
  const log = logs.error;
  if (settings.checkConfig || settings.printConfig) return check(plain, log);
  const hooks = file?.gunicorn && new GunicornHooks(file.gunicorn, { settings, directory, log });
  const order = hooks === undefined ? plain : { ...plain, hooks };
  const announce = async (): Promise<void> => {
    log.info(`Starting portico ${VERSION}`);
    for (const note of [...command.notes, ...(hooks?.notRun(order.target) ?? [])]) log.info(note);
    await hooks?.starting();
  };
  if (settings.pid !== undefined) keepPidFile(settings.pid);
  const isSupervised = order.target.kind === "javascript";
  setTitle(settings, isSupervised ? "supervisor" : "server");
  if (!isSupervised) return serveHere(order, logs, announce);
  process.env[COMMAND_VARIABLE] = JSON.stringify(command);
  return supervise(order, logs, announce);
}

/** A server worker is where its supervisor is, in the same environment, and is told what that has settled. */
function obeySupervisor(told: string): Promise<void> {
  const supervisor = Number(process.env[WORKER_VARIABLE]);
  delete process.env[WORKER_VARIABLE];
  delete process.env[COMMAND_VARIABLE];
  // It was written by obey(), in a process of this same program.
  const command = JSON.parse(told) as SettledCommand;
  setTitle(command.settings, "server worker");
  return serveAsWorker(orderOf(command), new Logs(command.settings), supervisor);
}

function orderOf(command: SettledCommand): Order {
  const target = parseTarget(command.target);
  checkTarget(target, process.cwd());
  return { ...command, target, targetText: command.target };
}

function setTitle({ name }: Settings, role: string): void {
  if (name !== undefined) process.title = `portico: ${role} [${name}]`;
}

/** Loads the application and ends: 0 if that went well. */
async function check(order: Order, log: Logger): Promise<void> {
  const one: Order = { ...order, settings: { ...order.settings, workers: 1, threads: 1 } };
  await applicationOf(one, log);
  await holdEngines();
  await releaseEngines(
    AbortSignal.timeout(Math.min(order.settings.gracefulTimeout * 1000, LONGEST_TIMER)),
  );
  process.exit(0);
}

type Announce = () => Promise<void>;

/** `announce` says that the server starts, once it can be told to stop. */
async function serveHere(order: Order, logs: Logs, announce: Announce): Promise<void> {
  const { hooks } = order;
  const log = logs.error;
  const grace = order.settings.gracefulTimeout * 1000;
  let listening: Server | undefined;
  let server: RunningServer | undefined;
  const stop = async (isHurried: boolean): Promise<void> => {
    if (server === undefined) log.info("The application is not loaded yet");
    // Workers that still import end with this process.
    await (server?.close(isHurried ? 0 : grace) ?? listening?.close(0));
    if (!isHurried) await hooks?.ending();
  };
  const reopenLogs = (): void => logs.reopen();
  const reload = (): void => {
    if (server !== undefined) void reloadAll(server, hooks);
    else log.warning("Not reloaded: the server still starts");
  };
  const resize = (by: number): void => server?.resize(by);
  handleSignals({ stop, reopenLogs, reload, resize }, log);
  await announce();
  server = await endingWithHooks(hooks, () =>
    openServer(order, logs, addressesOf(order.settings), (opened) => {
      listening = opened;
      log.info(`Listening at: ${opened.addresses.map(urlOf).join(", ")} (${process.pid})`);
      log.info(`Application: ${order.targetText} in ${process.cwd()}`);
    }),
  );
  server.start();
  await hooks?.ready();
  log.info(READY);
}

/** A start that fails ends as a server does. */
async function endingWithHooks<Result>(
  hooks: GunicornHooks | undefined,
  start: () => Promise<Result>,
): Promise<Result> {
  try {
    return await start();
  } catch (error) {
    await hooks?.ending();
    throw error;
  }
}

/** What comes of it is in the log. */
async function reloadAll(
  served: { reload(): Promise<unknown> },
  hooks: GunicornHooks | undefined,
): Promise<void> {
  await hooks?.reloading();
  await served.reload();
}

async function supervise(order: Order, logs: Logs, announce: Announce): Promise<void> {
  const { settings, hooks } = order;
  const log = logs.error;
  const supervisor = new Supervisor({
    workers: settings.workers,
    addresses: addressesOf(settings),
    backlog: settings.backlog,
    bootTimeout: milliseconds(settings.bootTimeout),
    timeout: milliseconds(settings.timeout),
    gracefulTimeout: settings.gracefulTimeout * 1000,
    recycling: recyclingOptions(settings),
    log,
  });
  const reopenLogs = (): void => {
    logs.reopen();
    supervisor.reopenLogs();
  };
  const stop = async (isHurried: boolean): Promise<void> => {
    await supervisor.stop(isHurried);
    if (!isHurried) await hooks?.ending();
  };
  const reload = (): void => void reloadAll(supervisor, hooks);
  const resize = (by: number): void => {
    const workers = supervisor.resize(by);
    hooks?.onResized(workers);
  };
  handleSignals({ stop, reopenLogs, reload, resize }, log);
  await announce();
  await endingWithHooks(hooks, () =>
    supervisor.start((addresses) => {
      log.info(`Listening at: ${addresses.map(urlOf).join(", ")} (${process.pid})`);
      const workers = settings.workers === 1 ? "1 worker" : `${settings.workers} workers`;
      log.info(`Application: ${order.targetText} in ${process.cwd()}, ${workers}`);
    }),
  );
  await hooks?.ready();
  log.info(READY);
}

function serveAsWorker(order: Order, logs: Logs, supervisor: number): Promise<void> {
  return runServerWorker({
    supervisor,
    open: () => openServer(order, logs, []),
    grace: order.settings.gracefulTimeout * 1000,
    reopenLogs: () => logs.reopen(),
    failure,
  });
}
