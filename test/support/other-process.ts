/** A process that is no child of the test's: it is ended with the test all the same. */
import { readFileSync } from "node:fs";
import { isRunning, until } from "./until.ts";

export class OtherProcess implements AsyncDisposable {
  readonly pid: number;

  constructor(pid: number) {
    // To 0 a signal would be sent to every process of the test's own group.
    if (!(pid > 1)) throw new RangeError(`${pid} is no process of a test`);
    this.pid = pid;
  }

  /** The one whose number is in a file. */
  static in(path: string): OtherProcess {
    return new OtherProcess(Number(readFileSync(path, "utf8")));
  }

  get runs(): boolean {
    return isRunning(this.pid);
  }

  kill(signal: NodeJS.Signals): void {
    process.kill(this.pid, signal);
  }

  /** @throws it does not end in time */
  ended(): Promise<void> {
    return until(`process ${this.pid} has ended`, () => !this.runs);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.runs) this.kill("SIGKILL");
    await this.ended();
  }
}
