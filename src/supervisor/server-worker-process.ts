/** A server worker as its supervisor sees it: a process that takes connections when it is told to. */
import { type ChildProcess, fork } from "node:child_process";
import { Socket } from "node:net";
import { createInterface } from "node:readline";
import type { Stall } from "../embed/process-watch.ts";
import type { LastError } from "../log/last-error.ts";
import type { Dismissal } from "../processes/endings.ts";
import type { EndingOfWorker, WorkerStatus } from "../processes/group-status.ts";
import { type ProcessExit, SPAWN_FAILED, type WorkerProcess } from "../processes/worker-process.ts";
import type { Listener } from "../server/listeners.ts";
import type { ListenerTls } from "../server/tls-options.ts";
import type { ServerStatistics } from "../stats/server-statistics.ts";
import type { CountingWorker } from "./collected-statistics.ts";
import {
  isFromWorker,
  STALL_DESCRIPTOR,
  type StartFailure,
  type ToWorker,
  WORKER_VARIABLE,
} from "./messages.ts";

/** Silence after which a sign of life is asked for, in milliseconds. */
const PING_AFTER = 1_000;

/** How long its statistics are waited for, in milliseconds. */
const LONGEST_SILENCE = 1_000;

export interface ServerWorkerEvents {
  /** Its event loop has stood still for too long. */
  readonly onStall: (worker: ServerWorkerProcess, stall: Stall) => void;
}

/** What a server worker takes its connections from, and shares them by. */
export interface ServerWorkerSockets {
  readonly listeners: readonly Listener[];
  /** Of the file of the shares. */
  readonly shares: number;
}

/** No process could be made: too many files are open. */
export class ForkError extends Error {
  override readonly name: string = "ForkError";
  readonly exitCode = 1;
}

export class ServerWorkerProcess implements WorkerProcess, CountingWorker {
  readonly ready: Promise<void>;
  readonly exited: Promise<ProcessExit>;
  readonly closed: Promise<void>;
  /** A server worker serves until it is told to end. */
  readonly retired: Promise<Dismissal> = new Promise(() => {});
  /** As it said last: it is asked about once a second. */
  requestsServed = 0;
  readonly calls = { size: 0 };
  readonly log: { lastError: LastError | undefined } = { lastError: undefined };
  /** Python workers of its application. */
  workers: readonly WorkerStatus[] = [];
  statistics: ServerStatistics | undefined;
  /** Who waits for what it says next: told whether it has said it. */
  readonly #waiting = new Set<(hasAnswered: boolean) => void>();
  readonly #child: ChildProcess;
  readonly #sockets: ServerWorkerSockets;
  /** Its own in the file of the shares, if it has one. */
  place: number | undefined;
  #isListening = false;
  /** For each time that it was told to listen no more and has not said that it does not. */
  readonly #markAside: (() => void)[] = [];
  #markReady: () => void = () => {};
  #heardAt: number = performance.now();
  #isServing = false;
  #hasBeenReady = false;
  silentSince: number = Number.POSITIVE_INFINITY;
  killed: string | undefined;
  hasStoodStill: boolean = false;
  /** Why it could not start, in its own words. */
  failure: StartFailure | undefined;

  /**
   * The same program with the same arguments, told by its environment that it is a worker.
   * @throws {ForkError}
   */
  constructor(sockets: ServerWorkerSockets, { onStall }: ServerWorkerEvents) {
    this.#sockets = sockets;
    const [, program = "", ...args] = process.argv;
    const env = { ...process.env, [WORKER_VARIABLE]: String(process.pid) };
    const stdio = ["inherit", "inherit", "inherit", "ipc", "pipe"] as const;
    const descriptors = sockets.listeners.map(({ descriptor }) => descriptor);
    this.#child = fork(program, args, { env, stdio: [...stdio, sockets.shares, ...descriptors] });
    // Listened for at once: an error event that nobody hears ends this process.
    const failed = new Promise<void>((resolve) => this.#child.once("error", () => resolve()));
    // Absent where the system had no descriptors left for it, whatever the types say.
    const input = this.#child.stdio?.[STALL_DESCRIPTOR];
    if (!(input instanceof Socket)) {
      throw new ForkError("a server worker cannot be started: no file descriptors are left");
    }
    createInterface({ input }).on("line", (line) => onStall(this, JSON.parse(line)));
    this.ready = new Promise((resolve) => {
      this.#markReady = resolve;
    });
    // Its last words, such as why it could not start, may be read after its exit.
    this.closed = new Promise((resolve) => this.#child.once("close", () => resolve()));
    this.exited = new Promise((resolve) => {
      this.#child.once("exit", (code, signal) => {
        this.#isServing = false;
        for (const tell of this.#waiting) tell(false);
        if (this.#hasBeenReady) resolve({ code, signal });
        else void this.closed.then(() => resolve({ code, signal }));
      });
      void failed.then(() => resolve({ code: SPAWN_FAILED, signal: null }));
    });
    this.#child.on("message", (message: unknown) => this.#take(message));
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Whether it serves, and has not been told to end. */
  get isServing(): boolean {
    return this.#isServing && this.#child.connected;
  }

  /** Whether it answers what it is asked, also while it drains. */
  get hears(): boolean {
    const { connected, exitCode, signalCode } = this.#child;
    return this.#hasBeenReady && connected && exitCode === null && signalCode === null;
  }

  get refusal(): string | undefined {
    return this.failure?.message;
  }

  /** It takes connections from here on, until it drains or is told {@link listenNoMore}, and then never again. */
  listen(tls: ListenerTls | undefined): void {
    if (this.#isListening) return;
    this.#isListening = true;
    const addresses = this.#sockets.listeners.map(({ address }) => address);
    this.#tell({ portico: "listen", addresses, place: this.place, tls });
  }

  /** One that has not been told to listen will be told of it then. */
  renewTls(tls: ListenerTls): void {
    if (this.#isListening) this.#tell({ portico: "renew TLS", tls });
  }

  /**
   * What comes goes to others. With `areShared`, of each socket, whether somebody else takes what has
   * come there; resolves when it does not listen any more, or has ended.
   */
  listenNoMore(areShared: readonly boolean[]): Promise<void> {
    return this.#stepAside("listen no more", areShared);
  }

  /** As {@link listenNoMore}; its connections end too, each after the answer to what was asked on it. */
  letGo(areShared: readonly boolean[]): Promise<void> {
    return this.#stepAside("let go", areShared);
  }

  async #stepAside(
    portico: "listen no more" | "let go",
    areShared: readonly boolean[],
  ): Promise<void> {
    const aside = new Promise<void>((resolve) => {
      this.#markAside.push(resolve);
    });
    this.#tell({ portico, areShared });
    await Promise.race([aside, this.exited]);
  }

  ping(): void {
    if (performance.now() - this.#heardAt >= PING_AFTER) this.#ask();
  }

  /** Asks for its statistics; whether it has given them in time. */
  askStatistics(): Promise<boolean> {
    this.#ask();
    return new Promise((resolve) => {
      const tell = (hasAnswered: boolean): void => {
        clearTimeout(timer);
        this.#waiting.delete(tell);
        resolve(hasAnswered);
      };
      const timer = setTimeout(() => tell(false), LONGEST_SILENCE);
      this.#waiting.add(tell);
    });
  }

  /** One of those under it; false where none is known to have this pid. */
  endWorker(pid: number, how: EndingOfWorker, why: string): boolean {
    if (!this.workers.some((worker) => worker.pid === pid)) return false;
    this.#tell({ portico: "end worker", pid, how, why });
    return true;
  }

  reopenLogs(): void {
    this.#tell({ portico: "reopen logs" });
  }

  leave(): void {
    this.#tell({ portico: "leave" });
  }

  endKeepAlive(): void {
    this.#tell({ portico: "end keep-alive" });
  }

  drain(): void {
    this.#isServing = false;
    this.#tell({ portico: "drain" });
  }

  killStalled(why: string): void {
    this.hasStoodStill = true;
    this.kill(why);
  }

  kill(why: string): void {
    this.killed ??= why;
    this.#isServing = false;
    this.#child.kill("SIGKILL");
  }

  giveUpBooting(why: string): void {
    this.kill(why);
  }

  #ask(): void {
    const now = performance.now();
    if (this.silentSince < now) return;
    this.silentSince = now;
    this.#tell({ portico: "ping" });
  }

  #heard(): void {
    this.#heardAt = performance.now();
    this.silentSince = Number.POSITIVE_INFINITY;
  }

  #take(message: unknown): void {
    if (!isFromWorker(message)) return;
    this.#heard();
    if (message.portico === "ready") {
      this.#isServing = true;
      this.#hasBeenReady = true;
      this.#markReady();
    } else if (message.portico === "listens no more") {
      this.#markAside.shift()?.();
    } else if (message.portico === "pong") {
      this.requestsServed = message.requestsServed;
      this.statistics = message.statistics;
      this.calls.size = message.statistics.present.inFlight;
      this.log.lastError = message.lastError;
      this.workers = message.workers;
      for (const tell of this.#waiting) tell(true);
    } else {
      this.failure = message;
    }
  }

  #tell(message: ToWorker): void {
    // A channel that breaks shows in the exit that follows.
    if (this.#child.connected) this.#child.send(message, () => {});
  }
}
