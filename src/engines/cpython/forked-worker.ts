/** A worker that a template forks: its process is no child of this one. */

import type { ProcessExit } from "../../processes/worker-process.ts";
import type { BridgeSocket } from "../bridge-channel.ts";
import { Deferred } from "../deferred.ts";
import { MeetingPlace } from "./meeting-place.ts";
import type { Bridge, PythonProcess } from "./python-process.ts";
import { Refusal } from "./refusal.ts";

/** What a forked worker wants of the template that it comes from. */
export interface Parent {
  readonly pid: number | undefined;
  readonly refusal: Refusal;
  /** Whether it has to be heard for this worker's sake, and so keeps this process alive. */
  ref(worker: ForkedWorker): void;
  unref(worker: ForkedWorker): void;
  /** If it still imports the application, it is to say where, and to end. */
  explain(): void;
  /** This worker is not wanted any more, and was not made yet. */
  forget(worker: ForkedWorker): void;
  /** The worker's socket is closed: its end is to be heard of. */
  awaitWord(): void;
}

/** What a worker whose end is known gets to be heard to the end, in milliseconds. */
const LAST_WORDS = 1_000;

const TEMPLATE_HAD_ENDED: ProcessExit = {
  code: null,
  signal: null,
  unseen: "the template that it was forked from had ended before",
};

export class ForkedWorker implements PythonProcess {
  readonly #bridge = new Deferred<Bridge | undefined>();
  readonly bridge: Promise<Bridge | undefined> = this.#bridge.promise;
  readonly #exited = new Deferred<ProcessExit>();
  readonly exited: Promise<ProcessExit> = this.#exited.promise;
  readonly #parent: Parent;
  #stage: "awaited" | "forked" | "over" = "awaited";
  pid: number | undefined;
  refusal: Refusal = new Refusal();
  #place: MeetingPlace | undefined;
  /** Since it has come. */
  #socket: BridgeSocket | undefined;
  /** Resolves when it has come and its socket is closed. */
  readonly #closed = new Deferred<void>();

  constructor(parent: Parent) {
    this.#parent = parent;
  }

  /** Returns the directory where it is awaited from now on. @throws where none can be made */
  awaited(): string {
    this.#place = new MeetingPlace({
      met: (bridge) => this.#come(bridge),
      failed: (error) => this.failed(`it cannot be met: ${error.message}`),
    });
    return this.#place.directory;
  }

  #come(bridge: Bridge): void {
    this.#socket = bridge.socket;
    bridge.socket.once("close", () => {
      this.#closed.resolve();
      this.#parent.awaitWord();
    });
    this.#bridge.resolve(bridge);
  }

  /** The template has made it. */
  forked(pid: number): void {
    if (this.#stage === "over") return;
    this.#stage = "forked";
    this.pid = pid;
  }

  /** It could not be made, asked for or met. */
  failed(why: string): void {
    this.refusal.text = `no worker can be forked: ${why}`;
    this.#parent.forget(this);
    this.#settle({ code: null, signal: null, unseen: "it was never forked" });
  }

  /** The template has seen its end. What it said before that is read first. */
  async ended(exit: ProcessExit): Promise<void> {
    this.#stage = "over";
    const timer = setTimeout(() => this.#closed.resolve(), LAST_WORDS);
    await this.#closed.promise;
    clearTimeout(timer);
    this.#settle(exit);
  }

  /** The template is gone: the worker goes on, if it has come to that. */
  async orphaned(exit: ProcessExit): Promise<void> {
    if (this.pid === undefined && this.#socket === undefined) {
      this.refusal = this.#parent.refusal;
      this.#settle(exit);
      return;
    }
    if (this.#socket !== undefined) await this.#closed.promise;
    this.#settle(TEMPLATE_HAD_ENDED);
  }

  ref(): void {
    if (this.#stage === "over") return;
    this.#parent.ref(this);
    this.#socket?.ref();
  }

  unref(): void {
    this.#parent.unref(this);
    this.#socket?.unref();
  }

  kill(signal: NodeJS.Signals): void {
    if (this.#stage === "over") return;
    if (this.pid !== undefined) sendSignal(this.pid, signal);
    // The template has yet to say its number; the end of its socket is its end too.
    else if (this.#socket !== undefined) this.#socket.destroy();
    else {
      this.#parent.forget(this);
      this.#settle({ code: null, signal: null, unseen: "it was not forked yet", isUnmade: true });
    }
  }

  explain(): void {
    if (this.#stage === "awaited") this.#parent.explain();
  }

  #settle(exit: ProcessExit): void {
    this.#stage = "over";
    // Where it was never made, it is its template that the log names.
    this.pid ??= this.#parent.pid;
    this.#parent.unref(this);
    this.#place?.close();
    this.#bridge.resolve(undefined);
    this.#exited.resolve(exit);
  }
}

function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended, and the word of that is on its way.
  }
}
