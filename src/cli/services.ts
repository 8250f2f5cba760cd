/** The two ways to serve a target: in this process, or in server workers that it supervises. */
import { endEngineWorker, engineGroup } from "../embed/engines.ts";
import { type RunningServer, statisticsOf } from "../embed/make-server.ts";
import { milliseconds } from "../engines/cpython/python-options.ts";
import type { ReloadOutcome } from "../processes/generations.ts";
import type { EndingOfWorker, GroupStatus } from "../processes/group-status.ts";
import { type Address, withTls } from "../server/addresses.ts";
import type { Listener } from "../server/listeners.ts";
import type { Server } from "../server/server.ts";
import type { ListenerTls } from "../server/tls-options.ts";
import { NO_STATISTICS, type ServerStatistics } from "../stats/server-statistics.ts";
import type { ServiceStatus } from "../stats/service-status.ts";
import { Supervisor } from "../supervisor/supervisor.ts";
import type { Logs } from "./logs.ts";
import { recyclingOptions } from "./recycling-settings.ts";
import { bindingsOf, type Order, openServer } from "./serve-target.ts";
import type { Service } from "./service.ts";
import { processesOf, ServiceHistory } from "./service-history.ts";

/** The server is this process. */
export class OwnService implements Service {
  readonly application: string;
  readonly #order: Order;
  readonly #logs: Logs;
  #listening: Server | undefined;
  #server: RunningServer | undefined;
  readonly #history = new ServiceHistory(() => this.#statistics.totals.requests);

  constructor(order: Order, logs: Logs) {
    this.application = `${order.targetText} in ${process.cwd()}`;
    this.#order = order;
    this.#logs = logs;
  }

  async start(onListening: (addresses: readonly Address[]) => Promise<void>): Promise<void> {
    const addresses = withTls(bindingsOf(this.#order), this.#order.tls);
    this.#server = await openServer(this.#order, this.#logs, addresses, (opened) => {
      this.#listening = opened;
      opened.startHealth();
      return onListening(opened.addresses);
    });
    this.#server.start();
  }

  leave(): void {
    this.#listening?.leave();
  }

  endKeepAlive(): void {
    this.#listening?.endKeepAlive();
  }

  /** Workers that still import end with this process. */
  async stop(isHurried: boolean): Promise<void> {
    const grace = isHurried ? 0 : this.#order.settings.gracefulTimeout * 1000;
    await (this.#server?.close(grace) ?? this.#listening?.close(grace));
  }

  async reload(): Promise<ReloadOutcome> {
    return (await this.#server?.reload()) ?? { kind: "failed", why: "the server still starts" };
  }

  renewTls(tls: ListenerTls): void {
    for (const listener of this.listeners) listener.renewTls(tls);
  }

  resize(by: number): number {
    return this.#server?.resize(by) ?? this.#order.settings.workers;
  }

  get listeners(): readonly Listener[] {
    return this.#listening?.listeners ?? [];
  }

  reopenLogs(): void {
    this.#logs.reopen();
  }

  async group(): Promise<GroupStatus> {
    return engineGroup();
  }

  endWorker(pid: number, how: EndingOfWorker, why: string): boolean {
    return endEngineWorker(pid, how, why);
  }

  async status(): Promise<ServiceStatus> {
    const { totals, present } = this.#statistics;
    return {
      application: this.application,
      ...this.#history.upTo(totals),
      ...{ totals, present, serverWorkers: undefined },
      processes: [
        ...processesOf("server", [process.pid]),
        ...processesOf("application worker", present.pids),
      ],
    };
  }

  get #statistics(): ServerStatistics {
    return this.#listening === undefined ? NO_STATISTICS : statisticsOf(this.#listening);
  }
}

/** The servers are processes under this one. */
export class SupervisedService implements Service {
  readonly application: string;
  readonly #supervisor: Supervisor;
  readonly #logs: Logs;
  readonly #history = new ServiceHistory(() => this.#supervisor.totals.requests);

  constructor({ settings, targetText }: Order, logs: Logs, supervisor: Supervisor) {
    const workers = settings.workers === 1 ? "1 worker" : `${settings.workers} workers`;
    this.application = `${targetText} in ${process.cwd()}, ${workers}`;
    this.#logs = logs;
    this.#supervisor = supervisor;
  }

  async start(onListening: (addresses: readonly Address[]) => Promise<void>): Promise<void> {
    try {
      await this.#supervisor.start(onListening);
    } catch (error) {
      await this.#supervisor.stop(true);
      throw error;
    }
  }

  leave(): void {
    this.#supervisor.leave();
  }

  endKeepAlive(): void {
    this.#supervisor.endKeepAlive();
  }

  stop(isHurried: boolean): Promise<void> {
    return this.#supervisor.stop(isHurried);
  }

  reload(): Promise<ReloadOutcome> {
    return this.#supervisor.reload();
  }

  renewTls(tls: ListenerTls): void {
    this.#supervisor.renewTls(tls);
  }

  resize(by: number): number {
    return this.#supervisor.resize(by);
  }

  get listeners(): readonly Listener[] {
    return this.#supervisor.listeners;
  }

  reopenLogs(): void {
    this.#logs.reopen();
    this.#supervisor.reopenLogs();
  }

  group(): Promise<GroupStatus> {
    return this.#supervisor.status();
  }

  endWorker(pid: number, how: EndingOfWorker, why: string): boolean {
    return this.#supervisor.endWorker(pid, how, why);
  }

  async status(): Promise<ServiceStatus> {
    const { totals, present, pids, silent } = await this.#supervisor.statistics();
    const { stages, endings } = this.#supervisor;
    return {
      application: this.application,
      ...this.#history.upTo(totals),
      ...{ totals, present },
      serverWorkers: { stages, endings, silent },
      processes: [
        ...processesOf("supervisor", [process.pid]),
        ...processesOf("server worker", pids),
        ...processesOf("application worker", present.pids),
      ],
    };
  }
}

/** For a Python application it has one server worker, which has the workers that were asked for. */
export function supervisorOf(order: Order, logs: Logs): Supervisor {
  const { settings, target } = order;
  return new Supervisor({
    workers: target.kind === "javascript" ? settings.workers : 1,
    addresses: bindingsOf(order),
    tls: order.tls,
    backlog: settings.backlog,
    bootTimeout: milliseconds(settings.bootTimeout),
    timeout: milliseconds(settings.timeout),
    gracefulTimeout: settings.gracefulTimeout * 1000,
    recycling: recyclingOptions(settings),
    log: logs.error,
  });
}
