/**
 * Sends assignments such as READY=1 to the socket of a service manager. Node.js has no datagram sockets
 * of Unix, so another program does it: systemd-notify, which is wherever systemd is, else Python.
 */
import { spawn } from "node:child_process";
import { PYTHON_PROGRAM } from "../engines/cpython/spawn.ts";
import type { Logger } from "../log/logger.ts";

export type Assignments = Readonly<Record<string, string | number>>;

/** A program, and what stands before the assignments. */
type Means = readonly [command: string, ...args: string[]];

/** What a program gets to send one message, in milliseconds. */
const LONGEST = 5_000;

export class Notifier {
  readonly #socket: string;
  readonly #log: Logger;
  /** The first is tried first. */
  readonly #means: Means[];
  /** Messages leave in their order. */
  #last: Promise<void> = Promise.resolve();

  /** `socket` is what NOTIFY_SOCKET says. */
  constructor(socket: string, python: string | undefined, log: Logger) {
    this.#socket = socket;
    this.#log = log;
    this.#means = [["systemd-notify"], [python ?? "python3", PYTHON_PROGRAM, "notify"]];
  }

  /** Resolves when it has been sent, or cannot be. */
  tell(assignments: Assignments): Promise<void> {
    const words = Object.entries(assignments).map(([name, value]) => `${name}=${value}`);
    this.#last = this.#last.then(() => this.#send(words.map(onOneLine)));
    return this.#last;
  }

  async #send(words: readonly string[]): Promise<void> {
    for (let [means] = this.#means; means !== undefined; [means] = this.#means) {
      const problem = await this.#run(means, words);
      if (problem === undefined) return;
      this.#means.shift();
      if (this.#means.length > 0) continue;
      this.#log.warning(`NOTIFY_SOCKET: the service manager is not told: ${problem}`);
    }
  }

  /** What went wrong, if anything. */
  #run([command, ...args]: Means, words: readonly string[]): Promise<string | undefined> {
    const env = { ...process.env, NOTIFY_SOCKET: this.#socket };
    const child = spawn(command, [...args, ...words], { env, stdio: "ignore", timeout: LONGEST });
    return new Promise((resolve) => {
      child.once("error", ({ message }) => resolve(`${command} cannot be started: ${message}`));
      child.once("exit", (code, signal) => {
        resolve(code === 0 ? undefined : `${command} ended with ${signal ?? `status ${code}`}`);
      });
    });
  }
}

/** A line feed would begin another assignment. */
function onOneLine(word: string): string {
  return word.replace(/\s+/g, " ");
}
