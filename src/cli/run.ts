/** The command line: argv → settings → a server; a mistake → one line and an exit status. */
import { holdEngines, releaseEngines } from "../embed/engines.ts";
import { VERSION } from "../embed/version.ts";
import { milliseconds } from "../engines/cpython/python-options.ts";
import type { Logger } from "../log/logger.ts";
import { LONGEST_TIMER } from "../server/limits.ts";
import { WORKER_VARIABLE } from "../supervisor/messages.ts";
import { runServerWorker } from "../supervisor/server-worker.ts";
import { parseArguments, type ServeLine } from "./arguments.ts";
import { attendantsOf, type Run } from "./attendants.ts";
import { findConfigFile } from "./config-file.ts";
import { failure, LoggedFailure } from "./failure.ts";
import { GunicornHooks, hooksFrom } from "./gunicorn-hooks.ts";
import { helpText, printedConfig, shownSettings, versionText } from "./help.ts";
import { type Launch, takeLaunch, tellStarter } from "./launch.ts";
import { Logs } from "./logs.ts";
import { openStatsd } from "./metrics-attendants.ts";
import { applicationOf, enterDirectory, type Order, openServer } from "./serve-target.ts";
import { runService, type Service } from "./service.ts";
import { OwnService, SupervisedService, supervisorOf } from "./services.ts";
import type { Settings } from "./settings.ts";
import { COMMAND_VARIABLE, type SettledCommand, settleCommand } from "./settled-command.ts";
import { SUBCOMMANDS } from "./subcommands.ts";
import { checkTarget, parseTarget } from "./targets.ts";
import type { ServedTls } from "./tls-renewal.ts";
import { applicationTls } from "./tls-settings.ts";

/** Runs `portico` with the arguments behind its name; ends the process where there is no server. */
export async function main(argv: readonly string[]): Promise<void> {
  const [word = "", ...others] = argv;
  const subcommand = SUBCOMMANDS.get(word);
  let launch: Launch | undefined;
  try {
    const told = process.env[COMMAND_VARIABLE];
    if (told !== undefined) return await obeySupervisor(told);
    if (subcommand !== undefined) return await subcommand.run(others);
    launch = takeLaunch();
    const commandLine = parseArguments(argv, process.env);
    if (commandLine.kind === "serve") await obey(commandLine, launch);
    else process.stdout.write(commandLine.kind === "help" ? helpText() : versionText(VERSION));
  } catch (error) {
    const { message, exitCode } = failure(error);
    if (!(error instanceof LoggedFailure)) process.stderr.write(`portico: ${message}\n`);
    if (launch?.starter !== undefined) {
      await tellStarter({ portico: "failed", message, exitCode });
    }
    process.exit(exitCode);
  }
}

async function obey(line: ServeLine, launch: Launch): Promise<void> {
  const directory = process.cwd();
  const file = await findConfigFile(line);
  const command = settleCommand(line, file);
  const { settings } = command;
  const isCheck = settings.checkConfig || settings.printConfig;
  if (settings.daemon && launch.starter === undefined && !isCheck) {
    const { detach } = await import("./daemon.ts");
    return await detach(launch, settings);
  }
  enterDirectory(settings.chdir);
  Object.assign(process.env, settings.env);
  if (settings.printConfig) {
    process.stdout.write(printedConfig(shownSettings(settings, command.sources)));
  }
  const plain = orderOf(command);
  const logs = await Logs.open(settings);
  await logs.reach(settings);
  const log = logs.error;
  const tls = await tlsOf(settings, log);
  if (isCheck) {
    for (const note of command.notes) log.info(note);
    return check(plain, log);
  }
  const hooks = file?.gunicorn && new GunicornHooks(file.gunicorn, { settings, directory, log });
  const { sockets } = launch;
  const order = {
    ...{ ...plain, sockets, tls: tls?.forListeners },
    ...(hooks !== undefined && { hooks }),
  };
  const isSupervised = order.target.kind === "javascript" || settings.reload;
  if (isSupervised) {
    const told = hooks === undefined ? command : { ...command, workerHooks: hooks.relayed };
    process.env[COMMAND_VARIABLE] = JSON.stringify(told);
  }
  setTitle(settings, isSupervised ? "supervisor" : "server");
  await serve({ order, launch, logs, hooks, tls, notes: command.notes });
}

/** Loaded where it is asked for: most servers stand behind one that speaks TLS. */
async function tlsOf(settings: Settings, log: Logger): Promise<ServedTls | undefined> {
  const words = applicationTls(settings);
  if (words.cert.text === undefined) return undefined;
  const { ServedTls } = await import("./tls-renewal.ts");
  return ServedTls.read(words, log);
}

async function serve(run: Run): Promise<void> {
  const { order, logs } = run;
  const { drainDelay, logFormat } = order.settings;
  const log = logs.error;
  const service = await serviceOf(order, logs);
  const { attendants, upgrade } = await attendantsOf(run, service);
  try {
    await runService(service, attendants, { drainDelay, upgrade, log });
  } catch (error) {
    // Whoever reads lines of JSON gets all of them so.
    if (logFormat === "text") throw error;
    log.critical(failure(error).message);
    throw new LoggedFailure(error);
  }
}

async function serviceOf(order: Order, logs: Logs): Promise<Service> {
  if (order.settings.reload) {
    const { DevelopmentService } = await import("./development.ts");
    return new DevelopmentService(order, logs);
  }
  return order.target.kind === "javascript"
    ? new SupervisedService(order, logs, supervisorOf(order, logs))
    : new OwnService(order, logs);
}

/** A server worker is where its supervisor is, in the same environment, and is told what that has settled. */
async function obeySupervisor(told: string): Promise<void> {
  const supervisor = Number(process.env[WORKER_VARIABLE]);
  delete process.env[WORKER_VARIABLE];
  delete process.env[COMMAND_VARIABLE];
  // It was written by obey(), in a process of this same program.
  const command = JSON.parse(told) as SettledCommand;
  setTitle(command.settings, "server worker");
  const logs = await Logs.open(command.settings);
  // The supervisor has found it: what is away for a while keeps no worker from starting.
  void logs.reach(command.settings).catch(({ message }: Error) => logs.error.error(message));
  await serveAsWorker(orderOf(command), logs, supervisor);
}

function orderOf(command: SettledCommand): Order {
  const target = parseTarget(command.target);
  checkTarget(target, process.cwd());
  const { workerHooks } = command;
  const hooks = workerHooks && hooksFrom(workerHooks);
  return { ...command, target, targetText: command.target, ...(hooks && { hooks }) };
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

async function serveAsWorker(order: Order, logs: Logs, supervisor: number): Promise<void> {
  const statsd = await openStatsd(order.settings, logs);
  await runServerWorker({
    supervisor,
    open: () => openServer(order, logs, []),
    backlog: order.settings.backlog,
    grace: order.settings.gracefulTimeout * 1000,
    longestStall: milliseconds(order.settings.timeout),
    reopenLogs: () => logs.reopen(),
    flushLogs: () => logs.flush(),
    log: logs.error,
    beforeExit: () => statsd?.close(),
    failure,
  });
}
