/**
 * A template: a Python process that has imported the application and serves nothing. Workers are
 * forked from it (`--preload`), and it tells how each of them has ended.
 */
import type { ChildProcess } from "node:child_process";
import { constants } from "node:os";
import { uint32 } from "../../bridge/frame-codec.ts";
import { BRIDGE_VERSION, ErrorCode, FrameFlag, FrameType } from "../../bridge/frames.ts";
import { decodePairs, encodeItems } from "../../bridge/strings.ts";
import type { Logger } from "../../log/logger.ts";
import type { ProcessExit } from "../../processes/worker-process.ts";
import { BridgeChannel } from "../bridge-channel.ts";
import { ForkedWorker, type Parent } from "./forked-worker.ts";
import type { PythonProcess } from "./python-process.ts";
import { Refusal } from "./refusal.ts";
import { type Launch, startPython } from "./spawn.ts";
import { takeLog } from "./worker-log.ts";

export interface TemplateOptions {
  readonly launch: Launch;
  /** Names and values of the SETTINGS frame, beside the version. */
  readonly settings: readonly string[];
  readonly log: Logger;
  /** How it ended, for the log. */
  readonly describe: (exit: ProcessExit) => string;
}

/** Silence after which a template that owes an answer is killed, in milliseconds. */
const LONGEST_SILENCE = 5_000;

/** What one that has no workers gets to end by itself, in milliseconds. */
const TIME_TO_END = 1_000;

export class Template implements Parent {
  readonly exited: Promise<void>;
  readonly refusal: Refusal = new Refusal();
  hasEnded = false;
  readonly #options: TemplateOptions;
  readonly #child: ChildProcess;
  readonly #channel: BridgeChannel;
  /** By the numbers that they have here. */
  readonly #workers = new Map<number, ForkedWorker>();
  /** For whose sake it keeps this process alive. */
  readonly #holders = new Set<ForkedWorker>();
  #lastNumber = 0;
  #hasLoaded = false;
  /** Why it was killed or told to end, if it was. */
  #ending: string | undefined;
  #silence: NodeJS.Timeout | undefined;

  /** @throws {SpawnError} */
  constructor(options: TemplateOptions) {
    this.#options = options;
    const { child, socket, exited, failed } = startPython(options.launch, ["preload"], []);
    this.#child = child;
    this.#channel = new BridgeChannel(Promise.resolve({ socket }), {
      frame: (type, flags, _streamId, bytes, start, end) => {
        this.#takeFrame(type, flags, bytes.subarray(start, end));
      },
      readEnd: () => this.#heard(),
      failed: (error) => this.#kill(`it broke the frame protocol: ${error}`),
      closed: () => {},
    });
    void failed.then((why) => {
      this.refusal.text = why;
    });
    this.exited = exited.then((exit) => this.#ended(exit));
    const settings = encodeItems(["version", BRIDGE_VERSION, ...options.settings]);
    this.#channel.send(FrameType.SETTINGS, 0, 0, settings);
    if (this.pid !== undefined) options.log.info(`Booting template with pid: ${this.pid}`);
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Whether it makes workers, or will when the application is loaded. */
  get isForking(): boolean {
    return !this.hasEnded && this.#ending === undefined;
  }

  /** One worker more, as soon as the application is loaded. */
  fork(): PythonProcess {
    const worker = new ForkedWorker(this);
    this.#lastNumber += 1;
    this.#workers.set(this.#lastNumber, worker);
    this.ref(worker);
    if (this.#hasLoaded) this.#order(this.#lastNumber, worker);
    return worker;
  }

  /** To be called when it has no workers any more. */
  end(): void {
    if (!this.#hasLoaded) {
      this.#kill("no worker waits for it");
      return;
    }
    this.#child.ref();
    this.#channel.send(FrameType.GOAWAY, 0, 0, uint32(ErrorCode.NO_ERROR));
    const timer = setTimeout(() => this.#child.kill("SIGKILL"), TIME_TO_END);
    void this.exited.then(() => clearTimeout(timer));
  }

  ref(worker: ForkedWorker): void {
    this.#holders.add(worker);
    this.#child.ref();
    this.#channel.ref();
  }

  unref(worker: ForkedWorker): void {
    this.#holders.delete(worker);
    if (this.#holders.size > 0) return;
    if (this.isForking) this.#child.unref();
    this.#channel.unref();
  }

  explain(): void {
    if (this.#hasLoaded) return;
    this.#channel.send(FrameType.GOAWAY, 0, 0, uint32(ErrorCode.NO_ERROR));
  }

  forget(worker: ForkedWorker): void {
    for (const [number, other] of this.#workers) {
      if (other === worker) this.#workers.delete(number);
    }
    if (!this.#hasLoaded && this.#workers.size === 0) this.end();
  }

  awaitWord(): void {
    if (this.hasEnded || this.#silence !== undefined) return;
    this.#channel.send(FrameType.PING, 0, 0, "portico\0");
    // Once more around the loop: this process may have stood still itself, with the answer unread.
    const look = (): unknown => setImmediate(() => this.#silence !== undefined && this.#hangs());
    this.#silence = setTimeout(look, LONGEST_SILENCE).unref();
  }

  #hangs(): void {
    this.#kill(`it gave no sign of life for ${LONGEST_SILENCE / 1000} s`);
  }

  #heard(): void {
    clearTimeout(this.#silence);
    this.#silence = undefined;
  }

  #kill(why: string): void {
    this.#ending ??= why;
    // Whoever waits for its end is kept alive until then.
    this.#child.ref();
    this.#child.kill("SIGKILL");
  }

  #order(number: number, worker: ForkedWorker): void {
    try {
      const items = ["worker", String(number), "directory", worker.awaited()];
      this.#channel.send(FrameType.FORK, 0, 0, encodeItems(items));
      this.awaitWord();
    } catch (error) {
      worker.failed(error instanceof Error ? error.message : String(error));
    }
  }

  #takeFrame(type: FrameType, flags: number, payload: Buffer): void {
    if (!this.#hasLoaded) this.refusal.hear(type, flags, payload);
    if (type === FrameType.SETTINGS) this.#loaded();
    else if (type === FrameType.FORK && (flags & FrameFlag.ACK) !== 0) this.#forked(payload);
    else if (type === FrameType.EXITED) this.#exited(payload);
    else if (type === FrameType.LOG) {
      takeLog(flags, payload, { log: this.#options.log, onFinding: undefined }, undefined);
    }
  }

  #loaded(): void {
    this.#hasLoaded = true;
    for (const [number, worker] of this.#workers) this.#order(number, worker);
  }

  #forked(payload: Buffer): void {
    const said = decodePairs(payload.toString("latin1"));
    const worker = this.#workers.get(Number(said.get("worker")));
    const pid = said.get("pid");
    if (worker === undefined) return;
    if (pid === undefined) {
      worker.failed(`${said.get("error")}, says the template (pid:${this.pid})`);
      return;
    }
    worker.forked(Number(pid));
    this.#options.log.info(`Booting worker with pid: ${pid} (forked from ${this.pid})`);
  }

  #exited(payload: Buffer): void {
    const said = decodePairs(payload.toString("latin1"));
    const number = Number(said.get("worker"));
    const worker = this.#workers.get(number);
    this.#workers.delete(number);
    void worker?.ended(exitSaid(said));
  }

  #ended(exit: ProcessExit): void {
    this.hasEnded = true;
    clearTimeout(this.#silence);
    if (this.#hasLoaded && this.#workers.size > 0) this.#tell(exit);
    for (const worker of this.#workers.values()) void worker.orphaned(exit);
    this.#workers.clear();
  }

  #tell(exit: ProcessExit): void {
    const how =
      this.#ending === undefined ? this.#options.describe(exit) : `was killed: ${this.#ending}`;
    this.#options.log.error(
      `Template (pid:${this.pid}) ${how}; its workers go on, and the next are forked from a new one`,
    );
  }
}

const SIGNALS = new Map(
  // Of two names for one number the first is the usual one: SIGABRT comes before SIGIOT.
  Object.entries(constants.signals)
    .reverse()
    .map(([name, number]) => [
      number,
      // These are the names of that type, as Node.js has them.
      name as NodeJS.Signals,
    ]),
);

function exitSaid(said: ReadonlyMap<string, string>): ProcessExit {
  const status = said.get("status");
  if (status !== undefined) return { code: Number(status), signal: null };
  const signal = SIGNALS.get(Number(said.get("signal")));
  if (signal !== undefined) return { code: null, signal };
  return { code: null, signal: null, unseen: "something in the template took its status" };
}
