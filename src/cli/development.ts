/** `--reload`: what is served while its sources change, and who watches them. */
import { dirname, resolve } from "node:path";
import { errorPage } from "../development/error-page.ts";
import { SourceWatcher } from "../development/source-watcher.ts";
import { SOFTWARE } from "../embed/version.ts";
import { searchPathOf } from "../engines/pyodide/python-variables.ts";
import type { Logger } from "../log/logger.ts";
import type { ReloadOutcome } from "../processes/generations.ts";
import type { Address } from "../server/addresses.ts";
import { ListenError } from "../server/listeners.ts";
import { Server } from "../server/server.ts";
import type { Supervisor } from "../supervisor/supervisor.ts";
import type { Logs } from "./logs.ts";
import type { Order } from "./serve-target.ts";
import type { Attendant, Controls, Service } from "./service.ts";
import { SupervisedService, supervisorOf } from "./services.ts";

/** Requests never see old code after a change: they wait for the new, or are told why there is none. */
export class DevelopmentService extends SupervisedService implements Service {
  readonly #supervisor: Supervisor;
  readonly #backlog: number;
  readonly #log: Logger;
  #hasStarted = false;
  #turn = 0;
  /** Answers while the application cannot be loaded. */
  #pages: Server | undefined;

  constructor(order: Order, logs: Logs) {
    const supervisor = supervisorOf(order, logs);
    super(order, logs, supervisor);
    this.#supervisor = supervisor;
    this.#backlog = order.settings.backlog;
    this.#log = logs.error;
  }

  /** Also resolves when the application cannot be loaded: a change may mend it. */
  override async start(
    onListening: (addresses: readonly Address[]) => Promise<void>,
  ): Promise<void> {
    await this.#load(() => this.#supervisor.start(onListening));
  }

  /** Resolves when nobody gets an answer of the code that there is. */
  hold(): Promise<void> {
    // What is being loaded for an earlier change is not to be served either.
    this.#turn += 1;
    return this.#supervisor.hold();
  }

  override async reload(): Promise<ReloadOutcome> {
    await this.hold();
    if (this.#hasStarted) return this.#settle(this.#supervisor.reload());
    return this.#load(() => this.#supervisor.startAgain());
  }

  override async stop(isHurried: boolean): Promise<void> {
    await Promise.all([super.stop(isHurried), this.#pages?.close(0)]);
  }

  async #load(start: () => Promise<void>): Promise<ReloadOutcome> {
    return this.#settle(
      start().then(
        () => {
          this.#hasStarted = true;
          return { kind: "reloaded" };
        },
        (error: unknown) => {
          if (error instanceof ListenError) throw error;
          const why = error instanceof Error ? error.message : String(error);
          this.#log.error(why);
          return { kind: "failed", why };
        },
      ),
    );
  }

  /** Where another change came meanwhile, what becomes of that one counts. */
  async #settle(loading: Promise<ReloadOutcome>): Promise<ReloadOutcome> {
    const turn = this.#turn;
    const outcome = await loading;
    if (turn !== this.#turn) return outcome;
    const before = this.#pages;
    if (outcome.kind === "reloaded") this.#serve();
    else await this.#show(outcome.why);
    await before?.close(0);
    return outcome;
  }

  #serve(): void {
    this.#pages = undefined;
    this.#supervisor.giveConnectionsTo("workers");
  }

  async #show(why: string): Promise<void> {
    this.#log.warning("Every request is answered with the error until a change mends it");
    const failure = this.#supervisor.lastFailure;
    const text = [failure?.trace, failure?.message ?? why].filter(Boolean).join("\n");
    const pages = await Server.listen(errorPage(text), {
      addresses: [],
      backlog: this.#backlog,
      software: SOFTWARE,
      multiprocess: false,
      log: this.#log,
    });
    pages.start();
    this.#pages = pages;
    this.#supervisor.giveConnectionsTo((socket) => pages.accept(socket));
  }
}

/** Reloads when sources change; `hold` is called first. */
export function sourceAttendant(order: Order, log: Logger, hold: () => Promise<void>): Attendant {
  let controls: Controls | undefined;
  let isReady = false;
  const early: string[] = [];
  const reload = async (paths: readonly string[]): Promise<void> => {
    // Whoever reads the line below and asks then is answered by what has changed.
    await hold();
    const [first = "", ...others] = paths;
    const more = others.length === 0 ? "" : ` and ${others.length} more`;
    log.info(`Changed: ${first}${more}`);
    await controls?.reload();
  };
  const watcher = new SourceWatcher({
    directories: sourceDirectories(order),
    extras: order.settings.reloadExtraFile,
    isPolling: order.settings.reloadEngine === "poll",
    onChange: (paths) => {
      if (isReady) void reload(paths);
      else early.push(...paths);
    },
    onTrouble: (error) => {
      const why = error instanceof Error ? error.message : String(error);
      log.error(`--reload: changes may be missed: ${why}; try --reload-engine poll`);
    },
  });
  return {
    starting: async (given) => {
      controls = given;
      await watcher.ready;
    },
    ready: () => {
      isReady = true;
      if (early.length > 0) void reload(early);
    },
    stopping: () => watcher.close(),
  };
}

function sourceDirectories({ settings, target }: Order): string[] {
  return [
    process.cwd(),
    ...(target.kind === "javascript" ? [dirname(resolve(target.path))] : []),
    ...settings.pythonpath,
    ...searchPathOf(process.env),
  ];
}
