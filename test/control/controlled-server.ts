/** A server that exists on paper alone, and its control socket. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { controlApplication } from "../../src/control/control-application.ts";
import { ControlClient } from "../../src/control/control-client.ts";
import type {
  Controlled,
  ServerStage,
  ServerStatus,
  ShownSetting,
} from "../../src/control/controlled.ts";
import type { ReloadOutcome } from "../../src/processes/generations.ts";
import type { GroupStatus, WorkerStatus } from "../../src/processes/group-status.ts";
import { Server } from "../../src/server/server.ts";
import { RecordedLog } from "../support/recorded-log.ts";

export function worker(pid: number, facts: Partial<WorkerStatus> = {}): WorkerStatus {
  return {
    ...{ pid, stage: "ready", age: 12, generation: 1, requests: 0, busy: 0, rss: 0 },
    ...{ lastError: null, workers: [] },
    ...facts,
  };
}

export function serverStatus(facts: Partial<ServerStatus> = {}): ServerStatus {
  return {
    ...{ pid: 4711, version: "1.2.3", application: "shop:app", directory: "/srv/shop" },
    ...{ addresses: ["http://127.0.0.1:8000"], stage: "serving", uptime: 7 },
    ...{ lastReload: null, lastError: null, silent: [] },
    traffic: {
      ...{ answered: 0, serverErrors: 0, inFlight: 0, queued: 0, connections: {}, recent: [] },
    },
    group: { wanted: 1, generation: 1, isReloading: false, workers: [worker(4712)] },
    ...facts,
  };
}

export class PaperServer implements Controlled, AsyncDisposable {
  readonly log: RecordedLog = new RecordedLog();
  /** What was asked of it. */
  readonly asked: string[] = [];
  readonly config: readonly ShownSetting[] = [{ name: "workers", value: "2", source: "default" }];
  stage: ServerStage = "serving";
  reloads: ReloadOutcome = { kind: "reloaded" };
  readonly directory: string = mkdtempSync(join(tmpdir(), "portico-control-"));
  readonly client: ControlClient;
  #server: Server | undefined;

  static async listening(name = "4711.sock"): Promise<PaperServer> {
    const paper = new PaperServer(name);
    paper.#server = await Server.listen(controlApplication(paper, paper.log), {
      addresses: [{ kind: "unix", path: paper.client.path }],
      ...{ backlog: 10, software: "test", multiprocess: false, log: paper.log },
    });
    paper.#server.start();
    return paper;
  }

  private constructor(name: string) {
    this.client = new ControlClient(join(this.directory, name));
  }

  async status(): Promise<ServerStatus> {
    return serverStatus({ stage: this.stage });
  }

  async group(): Promise<GroupStatus> {
    return serverStatus().group;
  }

  async reload(): Promise<ReloadOutcome> {
    this.asked.push("reload");
    return this.reloads;
  }

  stop(isHurried: boolean): void {
    this.asked.push(isHurried ? "stop at once" : "stop");
  }

  resize(by: number): number {
    this.asked.push(`resize by ${by}`);
    return 1 + by;
  }

  endWorker(pid: number, how: string): boolean {
    this.asked.push(`${how} ${pid}`);
    return pid === 4712;
  }

  reopenLogs(): void {
    this.asked.push("reopen logs");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server?.close(0);
    rmSync(this.directory, { recursive: true });
  }
}
