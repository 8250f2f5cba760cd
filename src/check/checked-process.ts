/** The process that serves the application, as its checker sees it. */
import { type ChildProcess, fork } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import type { Stall } from "../embed/process-watch.ts";
import { shown } from "../wsgi/lint/evidence.ts";
import type { Finding } from "../wsgi/lint/finding.ts";
import {
  CHECKER_VARIABLE,
  type FromServed,
  isFromServed,
  placeOf,
  type ToServed,
} from "./messages.ts";

export interface CheckedProcessOptions {
  /** Arguments for this program that make it serve the application. */
  readonly args: readonly string[];
  /** How long the application may take to be loaded, in seconds; 0 for ever. */
  readonly bootTimeout: number;
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

/** What the served process needs to say itself that the application is not loaded, in milliseconds. */
const BOOT_LATENESS = 2_000;

/** How long the last words of a process that has ended may take to come, in milliseconds. */
const LAST_WORDS = 1_000;

/** Lines of the served process's log that are kept. */
const KEPT_LINES = 200;

/** What the served process's log says of a worker that has ended. */
const WORKER_END = /\] Worker \(pid:\d+\) (exited with status \d+|was sent \w+); another takes /;

/** How a line of that log begins; all else was written by the application, or what runs it. */
const LOG_LINE = /^\[\d{4}-\d\d-\d\d /;

export class CheckedProcess implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #log: string[] = [];
  readonly #exited: Promise<unknown>;
  /** Who waits for which answer. */
  readonly #waiting = new Map<FromServed["portico"], () => void>();
  readonly #workersEnds = new EventEmitter();
  #workersEnd: string | undefined;
  /** What was last written that is no line of the log, since a worker has ended. */
  #lastWritten: string | undefined;
  #ping: Promise<boolean> | undefined;
  #stall: Stall | undefined;
  port = 0;
  runtimes: readonly string[] = [];
  hasInnerLint = false;

  /** @throws {NotLoadedError} */
  static async start(options: CheckedProcessOptions): Promise<CheckedProcess> {
    const process = new CheckedProcess(options);
    await process.#loaded(options.bootTimeout);
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
    this.#exited = hasEnded(this.#child);
    for (const stream of [output, log]) eachLine(stream, (line) => this.#keep(line));
    eachLine(stalls, (line) => {
      const stall: Stall = JSON.parse(line);
      this.#stall = stall;
      if (stall.isServing) onStall(stall);
    });
    this.#child.on("message", (message: unknown) => {
      if (!isFromServed(message)) return;
      if (message.portico === "finding") onFinding(message.finding);
      if (message.portico === "inner lint") this.hasInnerLint = true;
      this.#waiting.get(message.portico)?.();
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

  /** How the last of its workers ended, and what was last written before that. */
  async workersEnd(): Promise<string> {
    if (this.#workersEnd === undefined) {
      // The answer may come before the log says it; if that says nothing, it is known no better.
      const patience = AbortSignal.timeout(LAST_WORDS);
      await once(this.#workersEnds, "end", { signal: patience }).catch(() => {});
    }
    const end = this.#workersEnd ?? "died";
    this.#workersEnd = undefined;
    return end;
  }

  /** Whether its event loop turns; who asks meanwhile gets the same answer. */
  async isResponsive(): Promise<boolean> {
    this.#ping ??= this.#answers({ portico: "ping" }, "pong", PING_TIMEOUT);
    const isResponsive = await this.#ping;
    this.#ping = undefined;
    return isResponsive;
  }

  /** Lets open requests finish; what lint has to say about them has come when this resolves. */
  async stop(): Promise<void> {
    if (!(await this.#answers({ portico: "stop" }, "stopped", STOP_TIMEOUT))) this.kill();
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
    const [, end] = WORKER_END.exec(line) ?? [];
    if (end !== undefined) {
      const written = this.#lastWritten;
      this.#workersEnd = written === undefined ? end : `${end}; its last line: ${shown(written)}`;
      this.#lastWritten = undefined;
      this.#workersEnds.emit("end");
    } else if (!LOG_LINE.test(line) && line.trim() !== "") this.#lastWritten = line;
  }

  /** A process that ends before it says anything was ended by the application's own code. */
  #loaded(bootTimeout: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const late = (): void => {
        reject(new NotLoadedError(this.#lateness(bootTimeout), 4));
        this.kill();
      };
      const timer =
        bootTimeout === 0 ? undefined : setTimeout(late, bootTimeout * 1000 + BOOT_LATENESS);
      this.#child.on("message", (message: unknown) => {
        if (!isFromServed(message)) return;
        if (message.portico === "failed") {
          clearTimeout(timer);
          reject(new NotLoadedError(message.message, message.exitCode));
        }
        if (message.portico !== "ready") return;
        clearTimeout(timer);
        this.port = message.port;
        this.runtimes = message.runtimes;
        resolve();
      });
      void this.#exited.then(async () => {
        clearTimeout(timer);
        const lines = [`the process ${await this.end()} while it was loaded`, ...this.#log];
        reject(new NotLoadedError(lines.join("\n"), 4));
      });
    });
  }

  #lateness(bootTimeout: number): string {
    const where = this.#stall === undefined ? "" : `: it is in ${placeOf(this.#stall)}`;
    return `the application was not loaded within --boot-timeout ${bootTimeout} s${where}`;
  }

  #answers(message: ToServed, answer: FromServed["portico"], longest: number): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), longest);
      const settle = (isAnswered: boolean): void => {
        clearTimeout(timer);
        resolve(isAnswered);
      };
      this.#waiting.set(answer, () => settle(true));
      void this.#exited.then(() => settle(false));
      // A channel that is broken shows in the exit that follows.
      if (this.#child.connected) this.#child.send(message, () => {});
    });
  }
}

/** Processes that the application has left behind may hold its output open. */
async function hasEnded(child: ChildProcess): Promise<void> {
  const closed = new Promise<void>((resolve) => child.once("close", () => resolve()));
  await once(child, "exit");
  await Promise.race([closed, delay(LAST_WORDS, undefined, { ref: false })]);
  for (const stream of child.stdio) stream?.destroy();
}

function eachLine(stream: unknown, take: (line: string) => void): void {
  // The options of fork make these pipes; its type knows only that they may be streams.
  createInterface({ input: stream as Readable }).on("line", take);
}
