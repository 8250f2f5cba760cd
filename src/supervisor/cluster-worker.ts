/** A server worker as its supervisor sees it: a process that shares the listening sockets. */
import cluster, { type Worker } from "node:cluster";
import type { ProcessExit, WorkerProcess } from "../processes/worker-group.ts";
import { isFromWorker, type ToWorker } from "./messages.ts";

/** Silence after which a sign of life is asked for, in milliseconds. */
const PING_AFTER = 1_000;

export class ClusterWorker implements WorkerProcess {
  readonly ready: Promise<void>;
  readonly exited: Promise<ProcessExit>;
  /** A server worker serves until it is told to end. */
  readonly retired: Promise<void> = new Promise(() => {});
  readonly requestsServed = 0;
  readonly #worker: Worker;
  #markReady: () => void = () => {};
  #heardAt: number = performance.now();
  #isReady = false;
  #killed: string | undefined;
  silentSince: number = Number.POSITIVE_INFINITY;
  /** It took too long to come up. */
  isGivenUp = false;
  /** Where it listens, once it does. */
  urls: readonly string[] = [];
  /** Why it could not start, in its own words. */
  failure: { readonly message: string; readonly exitCode: number } | undefined;

  /** Why its supervisor has killed it, if it has. */
  get killed(): string | undefined {
    return this.#killed;
  }

  constructor() {
    this.#worker = cluster.fork();
    this.ready = new Promise((resolve) => {
      this.#markReady = resolve;
    });
    this.exited = new Promise((resolve) => {
      this.#worker.once("exit", (code: number | null, signal: NodeJS.Signals | null) => {
        resolve({ code, signal });
      });
    });
    this.#worker.on("message", (message: unknown) => this.#take(message));
    // A channel that breaks shows in the exit that follows.
    this.#worker.on("error", () => this.#worker.process.kill("SIGKILL"));
  }

  get pid(): number | undefined {
    return this.#worker.process.pid;
  }

  ping(): void {
    const now = performance.now();
    if (this.silentSince < now || now - this.#heardAt < PING_AFTER) return;
    this.silentSince = now;
    this.#tell({ portico: "ping" });
  }

  reopenLogs(): void {
    this.#tell({ portico: "reopen logs" });
  }

  drain(): void {
    // One that still imports has nothing to finish, and may never come to reading this.
    if (this.#isReady) this.#tell({ portico: "drain" });
    else this.kill("stopped before it was ready");
  }

  kill(why: string): void {
    this.#killed = why;
    this.#worker.process.kill("SIGKILL");
  }

  giveUpBooting(): void {
    this.isGivenUp = true;
    this.kill("did not boot in time");
  }

  #take(message: unknown): void {
    if (!isFromWorker(message)) return;
    this.#heardAt = performance.now();
    this.silentSince = Number.POSITIVE_INFINITY;
    if (message.portico === "ready") {
      this.urls = message.urls;
      this.#isReady = true;
      this.#markReady();
    } else if (message.portico === "failed") {
      this.failure = message;
    }
  }

  #tell(message: ToWorker): void {
    if (this.#worker.isConnected()) this.#worker.send(message);
  }
}
