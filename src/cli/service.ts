/** What a started process serves, what may be asked of it, and what stands beside it until it ends. */
import { handleSignals } from "../embed/signals.ts";
import type { Logger } from "../log/logger.ts";
import type { ReloadOutcome } from "../processes/generations.ts";
import type { EndingOfWorker, GroupStatus } from "../processes/group-status.ts";
import { type Address, urlOf } from "../server/addresses.ts";
import type { Listener } from "../server/listeners.ts";
import type { ListenerTls } from "../server/tls-options.ts";
import type { ServiceStatus } from "../stats/service-status.ts";
import { passDrainDelay } from "./drain-delay.ts";
import type { Upgrade } from "./upgrade.ts";

/** An application that is served: by this process, or by server workers under it. */
export interface Service {
  /** Which application, and where it is, for the log. */
  readonly application: string;
  /**
   * Resolves when requests are answered; `onListening` gets the addresses, with their real ports, and
   * ends before the application is loaded.
   */
  start(onListening: (addresses: readonly Address[]) => Promise<void>): Promise<void>;
  /** What it takes connections from. */
  readonly listeners: readonly Listener[];
  /** Who checks readiness hears from here on that no more requests are wished for; they are taken. */
  leave(): void;
  /** Each answer from here on is the last of its connection. */
  endKeepAlive(): void;
  /** Lets requests finish, unless hurried; called again, hurried, when that takes too long for somebody. */
  stop(isHurried: boolean): Promise<void>;
  reload(): Promise<ReloadOutcome>;
  /** What handshakes from here on are made with, where it speaks TLS. */
  renewTls(tls: ListenerTls): void;
  /** So many workers more, or fewer; returns how many there are to be. */
  resize(by: number): number;
  reopenLogs(): void;
  /** How its workers fare. */
  group(): Promise<GroupStatus>;
  /** Ends one of its workers, because of `why`; false where none has this pid. */
  endWorker(pid: number, how: EndingOfWorker, why: string): boolean;
  /** Also of one that starts, or is stuck. */
  status(): Promise<ServiceStatus>;
}

/** What signals do, and attendants may. */
export interface Controls {
  /** The process ends when all is stopped. */
  stop(isHurried: boolean): void;
  reload(): Promise<ReloadOutcome>;
  resize(by: number): number;
  /** Starts a new server on the same sockets. */
  upgrade(): void;
  reopenLogs(): void;
  status(): Promise<ServiceStatus>;
  group(): Promise<GroupStatus>;
  endWorker(pid: number, how: EndingOfWorker, why: string): boolean;
}

/** Stands beside a service: is told how it fares, each time before the next thing happens. */
export interface Attendant {
  /** Before anything listens; what it throws ends the start. */
  starting?(controls: Controls): Promise<void> | void;
  /** Before the application is loaded; what it throws ends the start. */
  listening?(addresses: readonly Address[]): Promise<void> | void;
  /** Requests are answered from here on. */
  ready?(): Promise<void> | void;
  /** Before new workers start. */
  reloading?(): Promise<void> | void;
  reloaded?(outcome: ReloadOutcome): Promise<void> | void;
  /** So many workers there are to be from now on. */
  resized?(workers: number): Promise<void> | void;
  /** Before a new server starts beside this one. */
  upgrading?(): Promise<void> | void;
  /** Told to stop; requests are still served. Not called where it is hurried. */
  stopping?(): Promise<void> | void;
  /** Nothing is served any more, or the start has failed. Not called where it is hurried. */
  ended?(): Promise<void> | void;
}

/** The last line of a start: from here on requests are answered. */
const READY = "Ready";

export interface RunOptions {
  /** Seconds between the wish to stop and its beginning. */
  readonly drainDelay: number;
  readonly upgrade: Upgrade;
  readonly log: Logger;
}

/** Starts a service and its attendants, in their order; signals steer it from here on. */
export async function runService(
  service: Service,
  attendants: readonly Attendant[],
  options: RunOptions,
): Promise<void> {
  const { log } = options;
  const run = new ServiceRun(service, attendants, options);
  const actions = { ...run.controls, stop: (isHurried: boolean) => run.stop(isHurried) };
  run.controls.stop = handleSignals(actions, log);
  await run.start();
  log.info(READY);
}

class ServiceRun {
  readonly #service: Service;
  readonly #attendants: readonly Attendant[];
  readonly #drainDelay: number;
  readonly #upgrade: Upgrade;
  readonly #log: Logger;
  readonly #hurry = new AbortController();
  #isReady = false;
  #isStopping = false;

  constructor(service: Service, attendants: readonly Attendant[], options: RunOptions) {
    this.#service = service;
    this.#attendants = attendants;
    this.#drainDelay = options.drainDelay;
    this.#upgrade = options.upgrade;
    this.#log = options.log;
  }

  readonly controls: Controls = {
    stop: (isHurried) => void this.stop(isHurried),
    reload: () => this.#reload(),
    resize: (by) => this.#resize(by),
    upgrade: () => void this.#startAnother(),
    reopenLogs: () => this.#service.reopenLogs(),
    status: () => this.#service.status(),
    group: () => this.#service.group(),
    endWorker: (pid, how, why) => this.#service.endWorker(pid, how, why),
  };

  async start(): Promise<void> {
    await this.#tell((attendant) => attendant.starting?.(this.controls));
    try {
      await this.#service.start((addresses) => this.#announce(addresses));
    } catch (error) {
      await this.#tell((attendant) => attendant.ended?.());
      throw error;
    }
    this.#isReady = true;
    await this.#tell((attendant) => attendant.ready?.());
  }

  async stop(isHurried: boolean): Promise<void> {
    if (!this.#isReady) this.#log.info("Told to stop before all workers were up");
    const isFirst = !this.#isStopping;
    this.#isStopping = true;
    if (isHurried) this.#hurry.abort();
    else if (isFirst) await this.#prepareToStop();
    await this.#service.stop(this.#hurry.signal.aborted);
    if (!isHurried) await this.#tell((attendant) => attendant.ended?.());
  }

  async #prepareToStop(): Promise<void> {
    this.#service.leave();
    await this.#tell((attendant) => attendant.stopping?.());
    if (!this.#isReady || this.#drainDelay === 0) return;
    const seconds = this.#drainDelay;
    this.#log.info(`Draining: requests are taken for ${seconds} s more (--drain-delay)`);
    await passDrainDelay(seconds * 1000, this.#service, this.#hurry.signal);
  }

  async #announce(addresses: readonly Address[]): Promise<void> {
    const urls = addresses.map(urlOf).join(", ");
    this.#log.info(`Listening at: ${urls} (${process.pid})`);
    this.#log.info(`Application: ${this.#service.application}`);
    await this.#tell((attendant) => attendant.listening?.(addresses));
  }

  /** What comes of it is in the log. */
  async #reload(): Promise<ReloadOutcome> {
    if (!this.#isReady) {
      const why = "the server still starts";
      this.#log.warning(`Not reloaded: ${why}`);
      return { kind: "failed", why };
    }
    await this.#tell((attendant) => attendant.reloading?.());
    const outcome = await this.#service.reload();
    await this.#tell((attendant) => attendant.reloaded?.(outcome));
    return outcome;
  }

  async #startAnother(): Promise<void> {
    if (this.#isReady && !this.#isStopping) {
      await this.#upgrade.begin(() => this.#tell((attendant) => attendant.upgrading?.()));
    } else {
      const state = this.#isStopping ? "stops" : "still starts";
      this.#log.warning(`No new server: this one ${state}`);
    }
  }

  #resize(by: number): number {
    const workers = this.#service.resize(by);
    void this.#tell((attendant) => attendant.resized?.(workers));
    return workers;
  }

  async #tell(what: (attendant: Attendant) => Promise<void> | void): Promise<void> {
    for (const attendant of this.#attendants) await what(attendant);
  }
}
