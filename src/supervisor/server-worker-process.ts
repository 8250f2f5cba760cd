/** A server worker as its supervisor sees it: a process that is handed connections. */
import { type ChildProcess, fork } from "node:child_process";
import type { Socket } from "node:net";
import { type ProcessExit, SPAWN_FAILED, type WorkerProcess } from "../processes/worker-process.ts";
import { isFromWorker, type ToWorker, WORKER_VARIABLE } from "./messages.ts";

/** Silence after which a sign of life is asked for, in milliseconds. */
const PING_AFTER = 1_000;

export class ServerWorkerProcess implements WorkerProcess {
  readonly ready: Promise<void>;
  readonly exited: Promise<ProcessExit>;
  /** A server worker serves until it is told to end. */
  readonly retired: Promise<string> = new Promise(() => {});
  /** As it said last: it is asked about once a second. */
  requestsServed = 0;
  readonly #child: ChildProcess;
  #markReady: () => void = () => {};
  #heardAt: number = performance.now();
  #isServing = false;
  silentSince: number = Number.POSITIVE_INFINITY;
  killed: string | undefined;
  /** Why it could not start, in its own words. */
  failure: { readonly message: string; readonly exitCode: number } | undefined;

  /** The same program with the same arguments, told by its environment that it is a worker. */
  constructor() {
    const [, program = "", ...args] = process.argv;
    const env = { ...process.env, [WORKER_VARIABLE]: String(process.pid) };
    this.#child = fork(program, args, { env });
    this.ready = new Promise((resolve) => {
      this.#markReady = resolve;
    });
    this.exited = new Promise((resolve) => {
      this.#child.once("exit", (code, signal) => {
        this.#isServing = false;
        resolve({ code, signal });
      });
      this.#child.once("error", () => resolve({ code: SPAWN_FAILED, signal: null }));
    });
    this.#child.on("message", (message: unknown) => this.#take(message));
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Whether it can be handed connections. */
  get isServing(): boolean {
    return this.#isServing && this.#child.connected;
  }

  get refusal(): string | undefined {
    return this.failure?.message;
  }

  /** The connection is the worker's from here on. */
  handOver(socket: Socket): void {
    const message: ToWorker = { portico: "connection" };
    const since = performance.now();
    this.#child.send(message, socket, (error) => {
      // The client has gone, or the worker: nobody else can serve it now.
      if (error !== null) socket.destroy();
      // Node.js sends a connection, and all that comes after it, when the one before was taken: in a
      // crowd a ping waits behind thousands, and this one's turn says that the worker lives.
      else if (performance.now() - since > PING_AFTER) this.#heard();
    });
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

  kill(why: string): void {
    this.killed ??= why;
    this.#isServing = false;
    this.#child.kill("SIGKILL");
  }

  giveUpBooting(why: string): void {
    this.kill(why);
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
      this.#markReady();
    } else if (message.portico === "pong") {
      this.requestsServed = message.requestsServed;
    } else {
      this.failure = message;
    }
  }

  #tell(message: ToWorker): void {
    // A channel that breaks shows in the exit that follows.
    if (this.#child.connected) this.#child.send(message, () => {});
  }
}
