/** A server worker as its supervisor sees it: a process that is handed connections. */
import { type ChildProcess, fork } from "node:child_process";
import type { Socket } from "node:net";
import { type ProcessExit, SPAWN_FAILED, type WorkerProcess } from "../processes/worker-process.ts";
import { isFromWorker, type StartFailure, type ToWorker, WORKER_VARIABLE } from "./messages.ts";

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
  readonly #untaken = new Set<Socket>();
  silentSince: number = Number.POSITIVE_INFINITY;
  killed: string | undefined;
  /** Why it could not start, in its own words. */
  failure: StartFailure | undefined;

  /**
   * The same program with the same arguments, told by its environment that it is a worker. `giveBack`
   * gets the connections that it has not taken when it ends.
   */
  constructor(giveBack: (socket: Socket) => void) {
    const [, program = "", ...args] = process.argv;
    const env = { ...process.env, [WORKER_VARIABLE]: String(process.pid) };
    this.#child = fork(program, args, { env });
    this.ready = new Promise((resolve) => {
      this.#markReady = resolve;
    });
    this.exited = new Promise((resolve) => {
      this.#child.once("exit", (code, signal) => {
        this.#isServing = false;
        const untaken = [...this.#untaken];
        this.#untaken.clear();
        for (const socket of untaken) giveBack(socket);
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

  /** How many connections wait to be taken: Node.js sends one when the one before has arrived. */
  get untaken(): number {
    return this.#untaken.size;
  }

  /**
   * The connection is the worker's as soon as it says that it takes it: until then it is kept open
   * here, and given back if the worker ends. (Node.js would leave it open for ever, and unread.)
   */
  handOver(socket: Socket): void {
    const message: ToWorker = { portico: "connection" };
    this.#untaken.add(socket);
    this.#child.send(message, socket, { keepOpen: true }, (error) => {
      // The client has gone, or the worker, whose end gives back what is left here.
      if (error !== null && this.#child.connected) this.#forget(socket);
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

  /** Closes what is open of it here: that ends no connection that another process has open too. */
  #forget(socket: Socket): void {
    this.#untaken.delete(socket);
    socket.destroy();
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
    } else if (message.portico === "taken") {
      const [first] = this.#untaken;
      if (first !== undefined) this.#forget(first);
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
