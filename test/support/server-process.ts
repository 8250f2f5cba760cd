/** A server running as a child process: started, its log kept, stopped without a trace. */

import { type ChildProcess, spawn } from "node:child_process";
import { constants } from "node:os";
import { repositoryRoot } from "./python-environment.ts";

export interface ServerCommand {
  /** How messages call this server. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly environ: Readonly<Record<string, string>>;
  /** What it says when it answers, where that is later than that it listens. */
  readonly serves?: RegExp;
}

/** A framework on Pyodide is compiled first, and a busy machine takes its time. */
const START_MILLISECONDS = 60_000;
const STOP_MILLISECONDS = 10_000;
const LISTENING = /Listening at: http:\/\/127\.0\.0\.1:(\d+)/;

// A test run that is interrupted exits by way of the "exit" event, at which the servers end.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.once(signal, () => process.exit(128 + constants.signals[signal]));
}

export class ServerProcess {
  readonly name: string;
  readonly #child: ChildProcess;
  readonly #serves: RegExp;
  readonly #closed: Promise<void>;
  #log = "";
  #port = 0;

  private constructor({ name, command, args, environ, serves = LISTENING }: ServerCommand) {
    this.name = name;
    this.#serves = serves;
    this.#child = spawn(command, args, {
      cwd: repositoryRoot,
      env: { ...process.env, ...environ },
      stdio: ["ignore", "pipe", "pipe"],
    });
    // "close" comes when the pipes are closed too: when no worker is left that inherited them.
    this.#closed = new Promise((resolve) => this.#child.once("close", () => resolve()));
    process.once("exit", this.#terminate);
  }

  /** Resolves when the server says where it listens, and what it {@link ServerCommand.serves}. */
  static async start(command: ServerCommand): Promise<ServerProcess> {
    const server = new ServerProcess(command);
    try {
      await server.#listening();
      return server;
    } catch (error) {
      await server.stop();
      throw new Error(`${command.name} did not start; it said:\n${server.log}`, { cause: error });
    }
  }

  get port(): number {
    return this.#port;
  }

  /** What the server has written to stdout and stderr so far. */
  get log(): string {
    return this.#log;
  }

  /** @throws if the server, or a process that it started, does not end. */
  stop(): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#child.kill("SIGKILL");
        this.#child.stdout?.destroy();
        this.#child.stderr?.destroy();
        reject(new Error(`${this.name} did not stop; it said:\n${this.log}`));
      }, STOP_MILLISECONDS);
      void this.#closed.then(() => {
        clearTimeout(timer);
        process.off("exit", this.#terminate);
        resolve();
      });
      this.#terminate();
    });
  }

  readonly #terminate = (): void => {
    this.#child.kill("SIGTERM");
  };

  #listening(): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        reject(new Error(`it does not serve within ${START_MILLISECONDS} ms`));
      }, START_MILLISECONDS);
      const settle = (error?: Error): void => {
        clearTimeout(timer);
        if (error === undefined) resolve();
        else reject(error);
      };
      this.#child.once("error", settle);
      this.#child.once("exit", (code, signal) => settle(new Error(`it ended: ${code ?? signal}`)));
      for (const stream of [this.#child.stdout, this.#child.stderr]) {
        stream?.setEncoding("utf8").on("data", (text: string) => {
          this.#log += text;
          const port = LISTENING.exec(this.#log)?.[1];
          if (port === undefined || this.#port !== 0 || !this.#serves.test(this.#log)) return;
          this.#port = Number(port);
          settle();
        });
      }
    });
  }
}
