/** Opens the control socket beside a service, and knows of the service what operators ask. */
import { resolve } from "node:path";
import type { Controlled, LastReload, ServerStage, ServerStatus } from "../control/controlled.ts";
import { trafficOf } from "../control/traffic.ts";
import { SOFTWARE, VERSION } from "../embed/version.ts";
import type { ReloadOutcome } from "../processes/generations.ts";
import { type Address, urlOf } from "../server/addresses.ts";
import { MAX_SOCKET_PATH_BYTES } from "../server/listeners.ts";
import { SettingError } from "./errors.ts";
import { shownSettings } from "./help.ts";
import type { Logs } from "./logs.ts";
import type { Order } from "./serve-target.ts";
import type { Attendant, Controls } from "./service.ts";

export class ControlAttendant implements Attendant {
  readonly #order: Order;
  readonly #logs: Logs;
  #path: string | undefined;
  #stage: ServerStage = "starting";
  #addresses: readonly string[] = [];
  #lastReload: LastReload | null = null;
  #controlled: Controlled | undefined;

  constructor(order: Order, logs: Logs) {
    this.#order = order;
    this.#logs = logs;
  }

  /** @throws {SettingError} */
  starting(controls: Controls): void {
    this.#controlled = this.#controlledBy(controls);
    const { controlSocket } = this.#order.settings;
    if (controlSocket !== undefined) this.#path = checkedPath(resolve(controlSocket));
  }

  /** Beside the workers' start, which can be asked about; a server that cannot be asked serves all the same. */
  async listening(addresses: readonly Address[]): Promise<void> {
    this.#addresses = addresses.map(urlOf);
    const server = this.#controlled;
    if (server === undefined) return;
    const log = this.#logs.error;
    const { controlSocketMode: mode } = this.#order.settings;
    const { openControlSocket } = await import("../control/control-socket.ts");
    const options = { path: this.#path, mode, software: SOFTWARE, server, log };
    const opened = await openControlSocket(options);
    if ("path" in opened) log.info(`Control socket: ${opened.path}`);
    else log.warning(`No control socket: ${opened.problem}`);
  }

  ready(): void {
    this.#stage = "serving";
  }

  reloaded(outcome: ReloadOutcome): void {
    this.#lastReload = {
      at: new Date().toISOString(),
      outcome: outcome.kind,
      why: outcome.kind === "failed" ? outcome.why : null,
    };
  }

  stopping(): void {
    this.#stage = "stopping";
  }

  #controlledBy(controls: Controls): Controlled {
    const { settings, sources } = this.#order;
    const stageOf = (): ServerStage => this.#stage;
    return {
      get stage() {
        return stageOf();
      },
      config: shownSettings(settings, sources),
      status: () => this.#status(controls),
      group: () => controls.group(),
      reload: () => controls.reload(),
      stop: (isHurried) => controls.stop(isHurried),
      resize: (by) => controls.resize(by),
      endWorker: (pid, how, why) => controls.endWorker(pid, how, why),
      reopenLogs: () => controls.reopenLogs(),
    };
  }

  async #status(controls: Controls): Promise<ServerStatus> {
    const [status, group] = await Promise.all([controls.status(), controls.group()]);
    return {
      pid: process.pid,
      version: VERSION,
      application: this.#order.targetText,
      directory: process.cwd(),
      addresses: this.#addresses,
      stage: this.#stage,
      uptime: Math.round(process.uptime() * 1000) / 1000,
      lastReload: this.#lastReload,
      lastError: this.#logs.error.lastError ?? null,
      traffic: trafficOf(status),
      silent: status.serverWorkers?.silent ?? [],
      group,
    };
  }
}

/** @throws {SettingError} no socket can have this path */
function checkedPath(path: string): string {
  const bytes = Buffer.byteLength(path);
  if (bytes > MAX_SOCKET_PATH_BYTES) {
    const limit = `a socket's has ${MAX_SOCKET_PATH_BYTES} at most; use a shorter one`;
    throw new SettingError("--control-socket", `${path} has ${bytes} bytes, and ${limit}`);
  }
  return path;
}
