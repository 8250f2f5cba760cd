/**
 * Notices that an input is never done with. The thread that judges cannot do that itself, so another
 * one looks; it writes the input as a finding and ends the process by SIGKILL, which a loop can
 * neither catch nor delay.
 */
import { writeSync } from "node:fs";
import { isMainThread, Worker, workerData } from "node:worker_threads";
import { writeFinding } from "./findings.ts";
import { type Input, LIMITS, type LimitsName } from "./judge.ts";
import { MAX_INPUT_BYTES } from "./mutations.ts";

/** No input takes a hundredth of it, even if each of its bytes is a piece. */
const LONGEST_INPUT = 20_000; // milliseconds
/** A thread's own `process.stderr` only asks the main thread, which is busy, to write. */
const STANDARD_ERROR = 2;
const LOOK_EVERY = 1000; // milliseconds
const LIMITS_NAMES = Object.keys(LIMITS) as LimitsName[]; // The record has these keys and no others.

/** What both threads see: how many inputs have begun, and the last of them. */
class SharedInput {
  readonly memory: SharedArrayBuffer;
  readonly #facts: Int32Array;
  readonly #bytes: Buffer;

  constructor(memory = new SharedArrayBuffer(16 + 2 * MAX_INPUT_BYTES)) {
    this.memory = memory;
    this.#facts = new Int32Array(memory, 0, 4);
    this.#bytes = Buffer.from(memory, 16);
  }

  get begun(): number {
    return Atomics.load(this.#facts, 0);
  }

  write({ text, before, limits }: Input): void {
    this.#facts[1] = this.#bytes.write(before, 0, "latin1");
    this.#facts[2] = this.#bytes.write(text, before.length, "latin1");
    this.#facts[3] = LIMITS_NAMES.indexOf(limits);
    Atomics.add(this.#facts, 0, 1);
  }

  read(): Input {
    const [, beforeBytes = 0, textBytes = 0, limits = 0] = this.#facts;
    const both = this.#bytes.toString("latin1", 0, beforeBytes + textBytes);
    return {
      before: both.slice(0, beforeBytes),
      text: both.slice(beforeBytes),
      limits: LIMITS_NAMES[limits] ?? "default",
    };
  }
}

interface Watched {
  readonly memory: SharedArrayBuffer;
  readonly seed: number;
  /** Milliseconds an input may take. */
  readonly longest: number;
}

export class HangWatch implements AsyncDisposable {
  readonly #shared = new SharedInput();
  readonly #watcher: Worker;

  constructor(seed: number, longest: number = LONGEST_INPUT) {
    const watched: Watched = { memory: this.#shared.memory, seed, longest };
    // Without the process's own options: some of them, as `--eval`, are not for a thread.
    const options = { workerData: watched, execArgv: [] };
    this.#watcher = new Worker(new URL(import.meta.url), options);
    this.#watcher.unref();
  }

  /** From now on this input may take as long as any may. */
  readonly begins = (input: Input): void => {
    this.#shared.write(input);
  };

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#watcher.terminate();
  }
}

function watch({ memory, seed, longest }: Watched): void {
  const shared = new SharedInput(memory);
  let begun = shared.begun;
  let since = performance.now();
  setInterval(() => {
    if (begun !== shared.begun) {
      begun = shared.begun;
      since = performance.now();
    } else if (begun > 0 && performance.now() - since > longest) {
      const message = `an input took more than ${longest} milliseconds`;
      const path = writeFinding({ oracle: "isDone", message, seed, input: shared.read() });
      writeSync(STANDARD_ERROR, `isDone: ${message}\nwrote ${path} (seed ${seed})\n`);
      process.kill(process.pid, "SIGKILL");
    }
  }, LOOK_EVERY);
}

if (!isMainThread) {
  watch(workerData as Watched); // What HangWatch gives, which alone makes this thread.
}
