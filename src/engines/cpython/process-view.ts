/** What a worker's group sees of the worker's process, whatever requests it has. */
import type { ProcessExit } from "../../processes/worker-process.ts";
import { Killing } from "./killing.ts";
import { LifeSigns } from "./life-signs.ts";
import type { PythonProcess } from "./python-process.ts";

export abstract class ProcessView {
  readonly exited: Promise<ProcessExit>;
  readonly threadId: number | undefined;
  protected readonly process: PythonProcess;
  protected readonly killing: Killing;
  protected readonly lifeSigns: LifeSigns = new LifeSigns();

  constructor(process: PythonProcess) {
    this.process = process;
    this.exited = process.exited;
    this.threadId = process.threadId;
    this.killing = new Killing(process);
  }

  get pid(): number | undefined {
    return this.process.pid;
  }

  get memory(): number | undefined {
    return this.process.memory;
  }

  get refusal(): string | undefined {
    return this.process.refusal.text;
  }

  get trace(): string | undefined {
    return this.process.refusal.trace;
  }

  get killed(): string | undefined {
    return this.killing.why;
  }

  get silentSince(): number {
    return this.lifeSigns.silentSince;
  }
}
