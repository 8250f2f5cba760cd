/** The process that serves the application, as its checker sees it. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import type { Finding } from "../wsgi/lint/finding.ts";
import { CHECKER_VARIABLE, isFromServed, type Stall, type ToServed } from "./messages.ts";

export interface CheckedProcessOptions {
  /** Arguments for this program that make it serve the application. */
  readonly args: readonly string[];
  readonly onFinding: (finding: Finding) => void;
  readonly onStall: (stall: Stall) => void;
}

/** The application cannot be loaded; the message is for standard error. */
export class NotLoadedError extends Error {
  override readonly name: string = "NotLoadedError";
  readonly exitCode: number;

  constructor(message: string, exitCode: number) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** How long an event loop that turns may take to answer, in milliseconds. */
const PING_TIMEOUT = 2_000;

/** How long a served process may take to end when it is asked to, in milliseconds. */
const STOP_TIMEOUT = 5_000;

/** Lines of the served process's log that are kept. */
const KEPT_LINES = 200;

export class CheckedProcess implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #log: string[] = [];
  readonly #exited: Promise<unknown>;
  #pong: () => void = () => {};
  port = 0;
  runtimes: readonly string[] = [];
  hasInnerLint = false;

  /** @throws {NotLoadedError} */
  static async start(options: CheckedProcessOptions): Promise<CheckedProcess> {
    const process = new CheckedProcess(options);
    await process.#loaded();
    return process;
  }

  private constructor({ args, onFinding, onStall }: CheckedProcessOptions) {
    const [, program = ""] = process.argv;
    this.#child = fork(program, args, {
      env: { ...process.env, [CHECKER_VARIABLE]: String(process.pid) },
      // Lint can tell whether an environ is still alive only after a collection.
      execArgv: [...process.execArgv, "--expose-gc"],
      stdio: ["ignore", "pipe", "pipe", "ipc", "pipe"],
    });
    const [, output, log, , stalls] = this.#child.stdio;
    this.#exited = once(this.#child, "close");
    for (const stream of [output, log]) eachLine(stream, (line) => this.#keep(line));
    eachLine(stalls, (line) => onStall(JSON.parse(line)));
    this.#child.on("message", (message: unknown) => {
      if (!isFromServed(message)) return;
      if (message.portico === "finding") onFinding(message.finding);
      if (message.portico === "inner lint") this.hasInnerLint = true;
      if (message.portico === "pong") this.#pong();
    });
  }

  /** How it ended, and the last that it said. */
  async end(): Promise<string> {
    await this.#exited;
    const { exitCode, signalCode } = this.#child;
    const how = signalCode === null ? `ended with exit status ${exitCode}` : `got ${signalCode}`;
    const error = this.#log.findLast((line) => /^\w*(?:Error|Exception)\b/.test(line));
    return error === undefined ? how : `${how}: ${error}`;
  }

  /** Whether its event loop turns. */
  async isResponsive(): Promise<boolean> {
    return await this.#answers({ portico: "ping" }, PING_TIMEOUT);
  }

  /** Lets open requests finish; what lint has to say about them has come when this resolves. */
  async stop(): Promise<void> {
    if (!(await this.#answers({ portico: "stop" }, STOP_TIMEOUT))) this.kill();
    await this.#exited;
  }

  kill(): void {
    this.#child.kill("SIGKILL");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.kill();
    await this.#exited;
  }

  #keep(line: string): void {
    this.#log.push(line);
    if (this.#log.length > KEPT_LINES) this.#log.shift();
  }

  /** A process that ends before it says anything was ended by the application's own code. */
  #loaded(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#child.on("message", (message: unknown) => {
        if (!isFromServed(message)) return;
        if (message.portico === "failed") {
          reject(new NotLoadedError(message.message, message.exitCode));
        }
        if (message.portico !== "ready") return;
        this.port = message.port;
        this.runtimes = message.runtimes;
        resolve();
      });
      void this.#exited.then(async () => {
        const lines = [`the process ${await this.end()} while it was loaded`, ...this.#log];
        reject(new NotLoadedError(lines.join("\n"), 4));
      });
    });
  }

  #answers(message: ToServed, longest: number): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), longest);
      const settle = (isAnswered: boolean): void => {
        clearTimeout(timer);
        resolve(isAnswered);
      };
      this.#pong = () => settle(true);
      void this.#exited.then(() => settle(false));
      // A channel that is broken shows in the exit that follows.
      if (this.#child.connected) this.#child.send(message, () => {});
    });
  }
}

function eachLine(stream: unknown, take: (line: string) => void): void {
  // The options of fork make these pipes; its type knows only that they may be streams.
  createInterface({ input: stream as Readable }).on("line", take);
}
