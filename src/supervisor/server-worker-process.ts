/** A server worker as its supervisor sees it: a process that is handed connections. */
import { type ChildProcess, fork } from "node:child_process";
import type { Socket } from "node:net";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import type { Stall } from "../embed/process-watch.ts";
import { type ProcessExit, SPAWN_FAILED, type WorkerProcess } from "../processes/worker-process.ts";
import { Handover } from "./handover.ts";
import {
  isFromWorker,
  STALL_DESCRIPTOR,
  type StartFailure,
  type ToWorker,
  WORKER_VARIABLE,
} from "./messages.ts";

/** Silence after which a sign of life is asked for, in milliseconds. */
const PING_AFTER = 1_000;

export interface ServerWorkerEvents {
  /** Its event loop has stood still for too long. */
  readonly onStall: (worker: ServerWorkerProcess, stall: Stall) => void;
  /** It has taken the connection that it was handed, and can be handed another. */
  readonly onTaken: () => void;
}

export class ServerWorkerProcess implements WorkerProcess {
  readonly ready: Promise<void>;
  readonly exited: Promise<ProcessExit>;
  /** A server worker serves until it is told to end. */
  readonly retired: Promise<string> = new Promise(() => {});
  /** As it said last: it is asked about once a second. */
  requestsServed = 0;
  readonly #child: ChildProcess;
  readonly #handover: Handover;
  #markReady: () => void = () => {};
  #heardAt: number = performance.now();
  #isServing = false;
  silentSince: number = Number.POSITIVE_INFINITY;
  killed: string | undefined;
  /** Why it could not start, in its own words. */
  failure: StartFailure | undefined;

  /**
   * The same program with the same arguments, told by its environment that it is a worker.
   */
  constructor({ onStall, onTaken }: ServerWorkerEvents) {
    const [, program = "", ...args] = process.argv;
    const env = { ...process.env, [WORKER_VARIABLE]: String(process.pid) };
    const stdio = ["inherit", "inherit", "inherit", "ipc", "pipe"] as const;
    this.#child = fork(program, args, { env, stdio: [...stdio] });
    // The option above makes it a pipe; its type knows only that it may be a stream.
    const input = this.#child.stdio[STALL_DESCRIPTOR] as Readable;
    createInterface({ input }).on("line", (line) => onStall(this, JSON.parse(line)));
    this.#handover = new Handover(this.#child, () => {
      // Its event loop turns, though a ping may have to wait behind a crowd.
      this.#heard();
      onTaken();
    });
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

  /** Whether it can be handed a connection now. */
  get takesConnection(): boolean {
    return this.#isServing && this.#child.connected && this.#handover.isFree;
  }

  get refusal(): string | undefined {
    return this.failure?.message;
  }

  /** The connection is the worker's from here on. */
  handOver(socket: Socket): void {
    this.#handover.give(socket);
  }

  /** The connection that it had not taken when it ended. */
  takeBack(): Socket | undefined {
    return this.#handover.takeBack();
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

  /** Ends its connections, each after the answer to what was asked on it, and takes others. */
  letGo(): void {
    this.#tell({ portico: "let go" });
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
