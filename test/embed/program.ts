/** A program of its own: what it says, how it ends, and whether it leaves processes behind. */

import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { repositoryRoot } from "../support/python-environment.ts";
import { KeptLog } from "../support/serve-application.ts";

/** Nothing that a program does here takes this long. */
const PATIENCE_MILLISECONDS = 30_000;

export interface ProgramEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export class Program implements Disposable {
  readonly log: KeptLog = new KeptLog();
  /**
   * Resolves when the program has ended and its output is closed, which processes it has left
   * behind would hold open.
   */
  readonly ended: Promise<ProgramEnd>;
  readonly #child: ChildProcess;
  readonly #timer: NodeJS.Timeout;

  constructor(script: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    this.#child = spawn(process.execPath, [join(repositoryRoot, script), ...args], {
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => this.log.write(text));
    }
    this.#timer = setTimeout(() => this.kill("SIGKILL"), PATIENCE_MILLISECONDS);
    this.ended = new Promise((resolve) => {
      this.#child.once("close", (code, signal) => {
        clearTimeout(this.#timer);
        this.log.write(`\n(ended: ${code ?? signal})\n`);
        resolve({ code, signal });
      });
    });
  }

  /** One of ./programs. */
  static run(name: string, ...args: readonly string[]): Program {
    return new Program(`build/test/embed/programs/${name}.js`, args);
  }

  /** The command line. */
  static portico(args: readonly string[], env: Readonly<Record<string, string>> = {}): Program {
    return new Program("bin/portico.mjs", args, env);
  }

  /** The port it listens on, as soon as it says so. */
  async port(): Promise<number> {
    const said = await this.log.said(/Listening at: http:\/\/127\.0\.0\.1:(\d+)|\(ended: .*\)/);
    if (said.startsWith("(")) throw new Error(`it does not listen; it said:\n${this.log.text}`);
    return Number(said);
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.kill("SIGKILL");
  }
}
