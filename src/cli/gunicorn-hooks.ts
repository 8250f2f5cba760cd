/** The hooks of a gunicorn configuration file: the server's run beside it, the workers' in them. */
import type { WorkerHooks } from "../engines/cpython/python-options.ts";
import type { Logger } from "../log/logger.ts";
import { LONGEST_TIMER } from "../server/limits.ts";
import { ConfigProcessError, type Message } from "./config-process.ts";
import { ConfigFileError } from "./errors.ts";
import type { GunicornConfig } from "./gunicorn-config.ts";
import { HOOKS_NOT_RUN, type ServerHook, valuesForHooks, WORKER_HOOKS } from "./gunicorn-names.ts";
import { KNOWN_NAMES } from "./gunicorn-values.ts";
import type { Attendant } from "./service.ts";
import type { Settings } from "./settings.ts";
import type { Target } from "./targets.ts";

/** Those of the server's that are about Python workers. */
const ABOUT_WORKERS: readonly string[] = ["pre_fork", "child_exit"];

export class GunicornHooks implements WorkerHooks, Attendant {
  readonly wantsAbort: boolean;
  readonly #config: GunicornConfig;
  readonly #settings: Settings;
  readonly #log: Logger;
  /** Where the file was read; --chdir may have led elsewhere since. */
  readonly #directory: string;
  #hasEnded = false;
  #workers: number;

  constructor(config: GunicornConfig, order: HookOrder) {
    this.#config = config;
    this.#settings = order.settings;
    this.#workers = order.settings.workers;
    this.#directory = order.directory;
    this.#log = order.log;
    this.wantsAbort = config.hooks.includes("worker_abort");
    config.process.onLog = (level, text) => this.#log[level](text);
    const values = valuesForHooks(order.settings);
    config.process.tell({ names: KNOWN_NAMES, values, directory: process.cwd() });
  }

  /** A line for the log about each hook that is defined and will not be run. */
  notRun(target: Target): string[] {
    const isPython = target.kind === "python";
    return this.#config.hooks.flatMap((hook) => {
      const isAboutWorkers = ABOUT_WORKERS.includes(hook);
      const isForPython = WORKER_HOOKS.includes(hook) || isAboutWorkers;
      const forPython = isForPython && !isPython ? "it is for Python applications" : undefined;
      const isFar = isAboutWorkers && this.#settings.reload;
      const inDevelopment = isFar ? "workers are started elsewhere with --reload" : undefined;
      const reason = HOOKS_NOT_RUN[hook] ?? forPython ?? inDevelopment;
      const { location } = this.#config;
      return reason === undefined ? [] : [`${location}: ${hook} is not run: ${reason}`];
    });
  }

  /** Before anything listens. @throws {ConfigFileError} `on_starting` raised, which ends gunicorn too */
  async starting(): Promise<void> {
    await this.#run("nworkers_changed", { workers: this.#workers, before: null });
    const trace = await this.#ask("on_starting");
    if (trace !== "") throw new ConfigFileError(this.#raised("on_starting", trace));
  }

  ready(): Promise<void> {
    return this.#run("when_ready");
  }

  /** Before new workers start, as in gunicorn. */
  reloading(): Promise<void> {
    return this.#run("on_reload");
  }

  upgrading(): Promise<void> {
    return this.#run("pre_exec");
  }

  async resized(workers: number): Promise<void> {
    const before = this.#workers;
    this.#workers = workers;
    if (workers !== before) await this.#run("nworkers_changed", { workers, before });
  }

  /** When nothing is served any more; the process of hooks ends too, in time. */
  async ended(): Promise<void> {
    const grace = Math.min(this.#settings.gracefulTimeout * 1000, LONGEST_TIMER);
    const timer = setTimeout(() => this.#config.process.kill(), grace);
    await this.#run("on_exit");
    clearTimeout(timer);
    this.#config.process.close();
  }

  settingsFor(age: number): string {
    return hookSettings(this.relayed, age);
  }

  /** What a server worker needs to have the hooks of its workers run. */
  get relayed(): RelayedHooks {
    const { location, source } = this.#config;
    const { wantsAbort } = this;
    const values = valuesForHooks(this.#settings);
    const directory = this.#directory;
    return { wantsAbort, settings: { location, source, directory, names: KNOWN_NAMES, values } };
  }

  onStarting(age: number): void {
    void this.#run("pre_fork", { age });
  }

  onEnded(age: number, pid: number | undefined): void {
    if (pid !== undefined) void this.#run("child_exit", { age, pid });
  }

  async #run(hook: ServerHook, facts: Message = {}): Promise<void> {
    const trace = await this.#ask(hook, facts);
    if (trace !== "") this.#log.error(this.#raised(hook, trace));
  }

  /** The traceback of what the hook raised; empty where it did not, or there is none. */
  async #ask(hook: ServerHook, facts: Message = {}): Promise<string> {
    if (this.#hasEnded || !this.#config.hooks.includes(hook)) return "";
    try {
      const { trace } = await this.#config.process.ask({ run: hook, ...facts });
      return String(trace);
    } catch (error) {
      if (!(error instanceof ConfigProcessError)) throw error;
      if (!this.#hasEnded)
        this.#log.error(`${this.#config.location}: ${error.message}; its hooks are run no more`);
      this.#hasEnded = true;
      return "";
    }
  }

  #raised(hook: string, trace: string): string {
    return `${this.#config.location}: ${hook} raised\n${trace}`;
  }
}

/** Plain data: the hooks of workers, for a process that has no configuration of its own. */
export interface RelayedHooks {
  readonly wantsAbort: boolean;
  /** SETTINGS' `gunicorn` but for the worker's number. */
  readonly settings: Readonly<Record<string, unknown>>;
}

export function hooksFrom(relayed: RelayedHooks): WorkerHooks {
  return {
    wantsAbort: relayed.wantsAbort,
    settingsFor: (age) => hookSettings(relayed, age),
    onStarting: () => {},
    onEnded: () => {},
  };
}

function hookSettings({ settings }: RelayedHooks, age: number): string {
  return JSON.stringify({ ...settings, age });
}

export interface HookOrder {
  readonly settings: Settings;
  readonly directory: string;
  readonly log: Logger;
}
