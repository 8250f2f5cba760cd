/** An interpreter in a thread of this process, where others are processes of their own. */
import { MessageChannel, Worker } from "node:worker_threads";
import type { ProcessExit } from "../../processes/worker-process.ts";
import type { Bridge, PythonProcess } from "../cpython/python-process.ts";
import { Refusal } from "../cpython/refusal.ts";
import { LOOK_SIGNAL } from "./look-signal.ts";
import { SharedMarker } from "./shared-marker.ts";
import type { InterpreterSettings } from "./snapshot.ts";
import { SIGNAL_BYTES, type ThreadData } from "./thread-data.ts";
import { ThreadSocket } from "./thread-socket.ts";

export class InterpreterThread implements PythonProcess {
  readonly pid: undefined;
  readonly threadId: number;
  readonly bridge: Promise<Bridge>;
  readonly exited: Promise<ProcessExit>;
  readonly refusal: Refusal = new Refusal();
  readonly #worker: Worker;
  readonly #interrupt = new Int32Array(new SharedArrayBuffer(SIGNAL_BYTES));
  readonly #marker = new SharedMarker();
  #isKilled = false;

  constructor(settings: InterpreterSettings) {
    const { port1, port2 } = new MessageChannel();
    const mail = new SharedArrayBuffer(4);
    const interrupt = this.#interrupt.buffer;
    const { memory: marker } = this.#marker;
    const data: ThreadData = { port: port2, mail, marker, interrupt, settings };
    this.#worker = new Worker(new URL("./thread-main.js", import.meta.url), {
      workerData: data,
      transferList: [port2],
      env: settings.env,
    });
    this.threadId = this.#worker.threadId;
    const socket = new ThreadSocket(port1, new Int32Array(mail));
    this.bridge = Promise.resolve({ socket, marker: this.#marker });
    this.#worker.on("error", (error) => {
      this.refusal.text ??= `the interpreter failed: ${error.message}`;
    });
    this.exited = new Promise((resolve) => {
      this.#worker.once("exit", (code) => {
        socket.destroy();
        resolve(this.#isKilled ? { code: null, signal: "SIGKILL" } : { code, signal: null });
      });
    });
  }

  get memory(): number {
    return this.#marker.memoryBytes;
  }

  ref(): void {
    this.#worker.ref();
  }

  unref(): void {
    this.#worker.unref();
  }

  kill(): void {
    // Each call would listen for its end, and one that computes in JavaScript may take its time.
    if (this.#isKilled) return;
    this.#isKilled = true;
    void this.#worker.terminate();
  }

  explain(): void {}

  /** Its Python reads what was sent to it although a request runs. */
  alert(): void {
    Atomics.store(this.#interrupt, 0, LOOK_SIGNAL);
    Atomics.notify(this.#interrupt, 0);
  }
}
