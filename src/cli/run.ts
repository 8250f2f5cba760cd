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
import { type CommandLine, parseArguments } from "./arguments.ts";
import { failure } from "./failure.ts";
import { helpText, printedConfig, versionText } from "./help.ts";
import { Logs } from "./logs.ts";
import { applicationOf, enterDirectory, type Order, openServer } from "./serve-target.ts";
import { SUBCOMMANDS } from "./subcommands.ts";
import { checkTarget, parseTarget } from "./targets.ts";

/** The last line of a start: from here on requests are answered. */
const READY = "Ready";

type ServeCommand = Extract<CommandLine, { kind: "serve" }>;

/** Runs `portico` with the arguments behind its name; ends the process where there is no server. */
export async function main(argv: readonly string[]): Promise<void> {
  const [word = "", ...others] = argv;
  const subcommand = SUBCOMMANDS.get(word);
  try {
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

async function obey(commandLine: ServeCommand): Promise<void> {
  const { settings } = commandLine;
  const supervisor = process.env[WORKER_VARIABLE];
  delete process.env[WORKER_VARIABLE];
  enterDirectory(settings.chdir);
  Object.assign(process.env, settings.env);
  const target = parseTarget(commandLine.target);
  if (settings.printConfig) {
    process.stdout.write(printedConfig(settings, commandLine.sources));
  }
  checkTarget(target, process.cwd());
  const order: Order = { ...commandLine, target, targetText: commandLine.target };
  const logs = new Logs(settings);
  if (settings.checkConfig || settings.printConfig) return check(order, logs.error);
  if (supervisor !== undefined) return serveAsWorker(order, logs, Number(supervisor));
  const announce = (): void => {
    logs.error.info(`Starting portico ${VERSION}`);
    for (const note of commandLine.notes) logs.error.info(note);
  };
  if (target.kind === "javascript" && settings.workers > 1) return supervise(order, logs, announce);
  return serveHere(order, logs, announce);
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

/** `announce` says that the server starts, once it can be told to stop. */
async function serveHere(order: Order, logs: Logs, announce: () => void): Promise<void> {
  const log = logs.error;
  const grace = order.settings.gracefulTimeout * 1000;
  let listening: Server | undefined;
  let server: RunningServer | undefined;
  const stop = async (isHurried: boolean): Promise<void> => {
    if (server !== undefined) return server.close(isHurried ? 0 : grace);
    log.info("The application is not loaded yet");
    // Workers end with this process.
    return listening?.close(0);
  };
  handleSignals({ stop, reopenLogs: () => logs.reopen() }, log);
  announce();
  server = await openServer(order, logs, order.settings.bind, (opened) => {
    listening = opened;
    log.info(`Listening at: ${opened.addresses.map(urlOf).join(", ")} (${process.pid})`);
    log.info(`Application: ${order.targetText} in ${process.cwd()}`);
  });
  server.start();
  log.info(READY);
}

async function supervise(order: Order, logs: Logs, announce: () => void): Promise<void> {
  const { settings } = order;
  const log = logs.error;
  const supervisor = new Supervisor({
    workers: settings.workers,
    addresses: settings.bind,
    backlog: settings.backlog,
    bootTimeout: milliseconds(settings.bootTimeout),
    timeout: milliseconds(settings.timeout),
    gracefulTimeout: settings.gracefulTimeout * 1000,
    log,
  });
  const reopenLogs = (): void => {
    logs.reopen();
    supervisor.reopenLogs();
  };
  handleSignals({ stop: (isHurried) => supervisor.stop(isHurried), reopenLogs }, log);
  announce();
  await supervisor.start((addresses) => {
    log.info(`Listening at: ${addresses.map(urlOf).join(", ")} (${process.pid})`);
    log.info(`Application: ${order.targetText} in ${process.cwd()}, ${settings.workers} workers`);
  });
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
