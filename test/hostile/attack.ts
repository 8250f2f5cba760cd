/** A crowd of attackers, from the side of the test that lets them loose. */
import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Attack, FromAttackers, ToAttackers } from "./attackers.ts";

export class Attackers implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #port: number;
  #state: FromAttackers = { open: 0, answered: 0, failed: 0, opening: 0 };
  #nextAddress = 2;
  #changed: (() => void)[] = [];

  constructor(port: number) {
    this.#port = port;
    this.#child = fork(fileURLToPath(new URL("attackers.js", import.meta.url)));
    this.#child.on("message", (message) => {
      // It sends nothing else.
      this.#state = message as FromAttackers;
      for (const wake of this.#changed.splice(0)) wake();
    });
  }

  get state(): FromAttackers {
    return this.#state;
  }

  /** Opens so many connections; they come from so many client addresses. */
  launch(attack: Attack, count: number, addresses = 1): void {
    const from = this.#nextAddress;
    this.#nextAddress += addresses;
    this.#tell({ attack, count, port: this.#port, from, addresses });
  }

  /** Resolves when the attackers report what is waited for. */
  async until(isSo: (state: FromAttackers) => boolean): Promise<void> {
    while (!isSo(this.#state)) {
      await new Promise<void>((resolve) => {
        this.#changed.push(resolve);
      });
    }
  }

  /** All leave at once. */
  close(): void {
    this.#tell("close");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = new Promise((resolve) => this.#child.once("exit", resolve));
    this.#child.kill("SIGKILL");
    await ended;
  }

  #tell(message: ToAttackers): void {
    this.#child.send(message);
  }
}
