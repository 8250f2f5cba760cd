/** A crowd of attackers, from the side of the test that lets them loose. */
import assert from "node:assert/strict";
import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Attack, FromAttackers, ToAttackers } from "./attackers.ts";

/** Nothing that is waited for takes so many milliseconds. */
const LONGEST_WAIT = 60_000;

/** The attackers of one client address each have that from 127.0.0.0/8, which Linux alone gives. */
export const skip: string | false =
  process.platform === "linux" ? false : `${process.platform} has one loopback address`;

export class Attackers implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #port: number;
  #state: FromAttackers = { open: 0, answered: 0, failed: 0, tried: 0 };
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

  /** Resolves when the attackers report what is waited for. @throws if they do not in time */
  async until(isSo: (state: FromAttackers) => boolean): Promise<void> {
    const deadline = performance.now() + LONGEST_WAIT;
    while (!isSo(this.#state)) {
      const state = JSON.stringify(this.#state);
      assert.ok(performance.now() < deadline, `the attackers came to ${state} and no further`);
      // They report many times a second, whatever happens to them.
      await new Promise<void>((resolve) => {
        this.#changed.push(resolve);
      });
    }
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
