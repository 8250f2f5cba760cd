/** One Python process and the requests it has: its parent's view of it. */
import { FrameError } from "../../bridge/errors.ts";
import { type FrameSink, uint32 } from "../../bridge/frame-codec.ts";
import { BRIDGE_VERSION, ErrorCode, FrameFlag, FrameType } from "../../bridge/frames.ts";
import { decodePairs, encodeItems } from "../../bridge/strings.ts";
import { type NotingLog, notingLog } from "../../log/last-error.ts";
import type { Dismissal } from "../../processes/endings.ts";
import { nameOf, type WorkerProcess } from "../../processes/worker-process.ts";
import type { StreamOwner } from "../bridge-body.ts";
import type { BridgeCall } from "../bridge-call.ts";
import { BridgeChannel } from "../bridge-channel.ts";
import { Deferred } from "../deferred.ts";
import { openClaimed } from "../file-body.ts";
import { AnsweredBatch } from "./answered-batch.ts";
import { BegunStreams } from "./begun-streams.ts";
import { LastSubjects } from "./last-subjects.ts";
import { OpenCalls } from "./open-calls.ts";
import { ProcessView } from "./process-view.ts";
import type { PythonWorkerOptions } from "./python-worker-options.ts";
import { LAST_STREAM_ID, OUT_OF_STREAMS, TOLD_TO_END } from "./retirements.ts";
import { SentRequests } from "./sent-requests.ts";
import { ServiceTime } from "./service-time.ts";
import { type WorkerFacts, workerFacts } from "./worker-facts.ts";
import { takeLog } from "./worker-log.ts";
import { WriteAhead } from "./write-ahead.ts";
import { WrittenStacks } from "./written-stacks.ts";

export class PythonWorker extends ProcessView implements WorkerProcess, StreamOwner {
  readonly #ready = new Deferred<void>();
  readonly ready: Promise<void> = this.#ready.promise;
  readonly #retired = new Deferred<Dismissal>();
  readonly retired: Promise<Dismissal> = this.#retired.promise;
  readonly writeAhead: WriteAhead = new WriteAhead();
  readonly calls: OpenCalls<BridgeCall> = new OpenCalls();
  readonly stacks: WrittenStacks;
  /** For what it says, and what is said of it alone. */
  readonly log: NotingLog;
  readonly #options: PythonWorkerOptions;
  readonly #channel: BridgeChannel;
  readonly #begun: BegunStreams;
  readonly #serviceTime = new ServiceTime();
  /**
   * Begins nothing for a while, and since then has neither answered anything nor given all back: any
   * other worker is better given a request.
   */
  isStuck = false;
  /** It has said that it ends: it reads no more, and what it still says would be lost with a broken pipe. */
  #isLeaving = false;
  /** Streams that it holds and never begins. */
  readonly #takenBack = new Set<number>();
  readonly #requests: SentRequests;
  #nextStreamId = 1;
  #sentAt = 0;
  readonly #answered = new AnsweredBatch();
  readonly #lastSubjects = new LastSubjects();
  /** Set while it takes requests. */
  isServing = false;
  facts: WorkerFacts | undefined;
  worn: Dismissal | undefined;
  requestsServed = 0;

  constructor(options: PythonWorkerOptions) {
    super(options.start());
    this.log = notingLog(options.log);
    this.#options = { ...options, log: this.log };
    const { bridge } = this.process;
    this.#begun = new BegunStreams(bridge);
    this.stacks = new WrittenStacks(bridge);
    this.#channel = new BridgeChannel(bridge, {
      frame: this.#takeFrame,
      readEnd: this.#readEnd,
      failed: (error) => this.#channelFailed(error),
      closed: () => this.#channelClosed(),
    });
    this.#requests = new SentRequests(this.#channel, this.calls);
    const settings = encodeItems(["version", BRIDGE_VERSION, ...options.settings]);
    this.#channel.send(FrameType.SETTINGS, 0, 0, settings);
  }

  /** Requests it may still be sent. */
  get room(): number {
    if (!this.isServing || this.#begun.isLimited) return 0;
    const ahead = this.worn === undefined ? this.writeAhead.allowed : 0;
    return this.#options.threads + ahead - this.calls.size;
  }

  get threads(): number {
    return this.#options.threads;
  }

  get window(): number {
    return this.#options.window;
  }

  get hasFreeThread(): boolean {
    return this.calls.size < this.threads;
  }

  /** Whether it holds requests that it has not begun. */
  hasUnbegun(): boolean {
    return this.calls.size > 0 && !this.hasBegun(this.#nextStreamId - 1);
  }

  hasBegun(streamId: number): boolean {
    return this.#begun.has(streamId);
  }

  /** Whether it is at work, and one more request would be done sooner than another worker is awake. */
  get isWorthFilling(): boolean {
    return this.#serviceTime.isWorthFilling(this.calls.size) && this.room > 0;
  }

  send(call: BridgeCall): void {
    const streamId = this.#nextStreamId;
    this.#nextStreamId += 1;
    if (streamId === LAST_STREAM_ID) this.retire(OUT_OF_STREAMS);
    if (!this.#channel.hasUnflushed) this.#sentAt = performance.now();
    call.sentAt = this.#sentAt;
    call.isAskedBack = false;
    call.hasFileClaim = false;
    this.calls.add(streamId, call);
    this.#requests.send(call, streamId);
  }

  /**
   * It does not begin what it has. The first time this asks for that back, which a worker that can
   * hear does at once; the next time it takes back what is still there, whether it hears or not.
   */
  stall(now: number): void {
    this.writeAhead.stalled(now);
    this.isStuck = true;
    if (this.#begun.isLimited) {
      this.#takeBack();
      return;
    }
    this.#begun.limit();
    this.#withdraw();
  }

  #withdraw(): void {
    for (const [streamId, call] of this.calls.entries()) {
      if (this.hasBegun(streamId)) continue;
      call.isAskedBack = true;
      this.#reset(streamId, ErrorCode.REFUSED_STREAM);
    }
  }

  /** What it had not begun when the limit was seen it never will: it refuses it when it comes to it. */
  #takeBack(): void {
    for (const [streamId, call] of this.calls.entries()) {
      if (this.hasBegun(streamId)) continue;
      this.calls.take(streamId);
      this.#takenBack.add(streamId);
      this.#options.onReturned(call);
    }
  }

  /**
   * A stream came back unbegun.
   * @throws {FrameError} unasked: it would be sent there again, and again
   */
  #refused(streamId: number): void {
    const mayRefuse = !this.isServing || this.#isLeaving || this.#begun.isLimited;
    if (!mayRefuse && this.calls.get(streamId)?.isAskedBack === false) {
      throw new FrameError(`stream ${streamId} was given back unasked`);
    }
    const call = this.calls.take(streamId);
    this.#takenBack.delete(streamId);
    if (call !== undefined) this.#options.onReturned(call);
    this.#liftLimit();
  }

  /** Once it holds nothing unbegun. */
  #liftLimit(): void {
    if (!this.#begun.isLimited || this.#takenBack.size > 0 || this.hasUnbegun()) return;
    this.#begun.lift();
    if (this.calls.size === 0) this.isStuck = false;
    this.#options.onFree(this);
  }

  /** A thread does not come back: a successor is wanted, and the other threads serve until it is there. */
  wearOut(why: Dismissal): void {
    if (this.worn !== undefined) return;
    this.worn = why;
    this.#withdraw();
  }

  /** Takes nothing new; another worker takes its place, and it ends when it has finished. */
  retire(dismissal: Dismissal): void {
    if (!this.isServing) return;
    this.isServing = false;
    this.#withdraw();
    this.#retired.resolve(dismissal);
  }

  credit(streamId: number, size: number): void {
    if (this.calls.has(streamId)) {
      this.#channel.send(FrameType.WINDOW_UPDATE, 0, streamId, uint32(size));
    }
  }

  /** With NO_ERROR a request that runs is told that its client has left, and may go on. */
  cancel(streamId: number, code: ErrorCode = ErrorCode.CANCEL): void {
    if (this.calls.has(streamId)) this.#reset(streamId, code);
  }

  /** Has it say where the request is, and raise an exception there. */
  interrupt(streamId: number, reason: string): void {
    this.#channel.send(FrameType.INTERRUPT, 0, streamId, reason);
    this.#alert();
  }

  ping(): void {
    if (!this.lifeSigns.asks(performance.now())) return;
    this.#channel.send(FrameType.PING, 0, 0, "portico\0");
    this.#alert();
  }

  drain(): void {
    this.isServing = false;
    // Whoever stops a worker waits for its end, which keeps this process alive until then.
    this.process.ref();
    if (this.#isLeaving) return;
    this.#channel.send(FrameType.GOAWAY, 0, 0, uint32(ErrorCode.NO_ERROR));
  }

  /** Asks a worker that does not come up to say where it hangs, and to end. */
  giveUpBooting(why: string): void {
    if (this.killed !== undefined) return;
    this.#channel.send(FrameType.GOAWAY, 0, 0, uint32(ErrorCode.NO_ERROR));
    this.killing.onceExplained(why);
  }

  kill(why: string): void {
    this.isServing = false;
    this.killing.atOnce(why);
  }

  /** Kills it for what took too long; gunicorn's `worker_abort` hook runs first, where there is one. */
  abort(why: string): void {
    if (!this.#options.wantsAbort) this.kill(why);
    if (this.killed !== undefined) return;
    this.isServing = false;
    this.killing.onceAborted(why);
  }

  readonly #takeFrame: FrameSink = (type, flags, streamId, bytes, start, end) => {
    switch (type) {
      case FrameType.RESPONSE:
        this.#callFor(streamId, flags)?.takeResponse(bytes.toString("latin1", start, end), flags);
        break;
      case FrameType.DATA:
        this.#callFor(streamId, flags)?.takeData(bytes.subarray(start, end), flags, this, streamId);
        break;
      default:
        this.#takeRareFrame(type, flags, streamId, bytes.subarray(start, end));
    }
  };

  /** At a stream's end its place is free first: who is told of it may send the next request in that very call. */
  #callFor(streamId: number, flags: number): BridgeCall | undefined {
    const isLast = (flags & FrameFlag.END_STREAM) !== 0;
    return isLast ? this.#ended(streamId) : this.calls.get(streamId);
  }

  #takeRareFrame(type: FrameType, flags: number, streamId: number, payload: Buffer): void {
    if (this.facts === undefined) this.process.refusal.hear(type, flags, payload);
    if (type === FrameType.RST_STREAM) this.#takeReset(streamId, payload);
    else if (type === FrameType.SETTINGS) this.#loaded(decodePairs(payload.toString("latin1")));
    else if (type === FrameType.LOG) this.#takeLog(flags, streamId, payload);
    else if (type === FrameType.FILE) this.#takeOffer(streamId, payload);
    else if (type === FrameType.GOAWAY) this.#takeGoaway(payload);
    else if (type === FrameType.INTERRUPT) this.calls.get(streamId)?.late?.takeStacks(payload);
  }

  /** What it still says of a request that it has answered is about that one too. */
  #takeLog(level: number, streamId: number, payload: Buffer): void {
    const about = this.calls.get(streamId)?.request.about ?? this.#lastSubjects.get(streamId);
    takeLog(level, payload, this.#options, { ...about, workerPid: this.pid });
  }

  /** The worker takes no more: it was told to end by someone else, or could not load. */
  #takeGoaway(payload: Buffer): void {
    if (payload.readUInt32BE(0) !== ErrorCode.NO_ERROR) return;
    this.#isLeaving = true;
    this.retire(TOLD_TO_END);
  }

  readonly #readEnd = (): void => {
    const now = performance.now();
    this.lifeSigns.heard(now);
    const { count, oldestSentAt } = this.#answered;
    if (count === 0) return;
    const age = now - oldestSentAt;
    this.writeAhead.answered(age, now);
    this.#serviceTime.answered(age, count);
    this.#answered.end(now);
    this.isStuck = false;
    this.#liftLimit();
    this.#options.onFree(this);
  };

  /** The stream's place is free. */
  #ended(streamId: number): BridgeCall | undefined {
    const call = this.calls.take(streamId);
    if (call === undefined) return undefined;
    this.requestsServed += 1;
    if (call.request.about !== undefined) this.#lastSubjects.add(streamId, call.request.about);
    this.#answered.add(call);
    return call;
  }

  #takeReset(streamId: number, payload: Buffer): void {
    const code = payload.readUInt32BE(0);
    if (code === ErrorCode.REFUSED_STREAM) this.#refused(streamId);
    else this.#ended(streamId)?.takeReset(code, payload.toString("utf8", 4));
  }

  /** @throws {FrameError} the second of one stream: a worker that does not read lets the answers pile up */
  #takeOffer(streamId: number, payload: Buffer): void {
    const call = this.calls.get(streamId);
    if (call === undefined) return;
    if (call.hasFileClaim) throw new FrameError(`a second FILE for stream ${streamId}`);
    call.hasFileClaim = true;
    void this.#takeFile(streamId, payload);
  }

  async #takeFile(streamId: number, payload: Buffer): Promise<void> {
    const file = this.#options.mayClaimFiles ? await openClaimed(payload) : undefined;
    const call = this.calls.get(streamId);
    this.#channel.send(FrameType.FILE, FrameFlag.ACK, streamId, file === undefined ? "" : "1");
    if (file === undefined) return;
    if (call === undefined) {
      await file.close();
      return;
    }
    this.#ended(streamId);
    call.takeFile(file);
    this.#readEnd();
  }

  #loaded(settings: ReadonlyMap<string, string>): void {
    if (this.facts !== undefined) throw new FrameError("SETTINGS a second time");
    this.facts = workerFacts(settings);
    const { warmUp } = this.#options;
    if (warmUp === undefined) this.#becameReady();
    else void warmUp(this).then(this.#becameReady, this.#refuse);
  }

  readonly #refuse = (error: unknown): void => {
    this.process.refusal.text = error instanceof Error ? error.message : String(error);
    this.kill("its warm-up failed");
  };

  readonly #becameReady = (): void => {
    // It may have been told to end while it warmed up.
    if (this.killed !== undefined) return;
    this.isServing = true;
    // From here on it is the server's socket that keeps this process alive, not its workers.
    this.process.unref();
    this.#channel.unref();
    this.#ready.resolve();
    this.#options.onFree(this);
  };

  #reset(streamId: number, code: ErrorCode): void {
    this.#channel.send(FrameType.RST_STREAM, 0, streamId, uint32(code));
    this.#alert();
  }

  /** Behind what has just been sent, which leaves at the end of this turn. */
  #alert(): void {
    if (this.process.alert !== undefined) setImmediate(() => this.process.alert?.());
  }

  #channelFailed(error: unknown): void {
    const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.#options.log.error(`Worker (${nameOf(this)}) broke the frame protocol: ${what}`);
    this.kill("it broke the frame protocol");
  }

  #channelClosed(): void {
    this.isServing = false;
    this.#begun.close();
    const { begun, notBegun } = this.#begun.sort(this.calls.takeAll());
    this.#options.onGone(this, begun, notBegun);
  }
}
