/**
 * One request over one stream: REQUEST and DATA out; RESPONSE and DATA in.
 *
 * It is what the application's caller waits for, whatever worker it is on.
 */
import type { EncodedRequest } from "../bridge/environ-codec.ts";
import { FrameError } from "../bridge/errors.ts";
import { ErrorCode, FrameFlag } from "../bridge/frames.ts";
import { decodeItems, withItem } from "../bridge/strings.ts";
import type { LogSubject } from "../log/log-subject.ts";
import type { Logger } from "../log/logger.ts";
import { Later } from "../wsgi/later.ts";
import type {
  EarlyHints,
  EngineNotes,
  HeaderList,
  ResponseBody,
  StartResponse,
} from "../wsgi/types.ts";
import { BridgeBody, type StreamOwner } from "./bridge-body.ts";
import { ApplicationFailedError, EngineError, WorkerLostError } from "./errors.ts";

/** The whole of a request, ready to be sent to any worker. */
export interface BridgeRequest {
  /** `GET /path`, for the log. */
  readonly line: string;
  /** The request as entries of the log name it, where requests have ids. */
  readonly about: LogSubject | undefined;
  /** What is asked for: requests that wait share workers' time by it. */
  readonly path: string;
  readonly environ: EncodedRequest;
  /** Pieces that must not change. */
  readonly body: readonly Uint8Array[] | undefined;
  /** A file with all of the body, for a worker that is to see no file of this process. */
  readonly bodyFile: string | undefined;
  /** Aborts when nobody waits for the answer. */
  readonly closed: AbortSignal | undefined;
  /** Who is told of hints that come before the answer, if anybody is. */
  readonly earlyHints: EarlyHints | undefined;
  /** Where the server is told what it has waited, and that its time is kept here. */
  readonly notes: EngineNotes | undefined;
  /** Called once, when no worker has anything of the request any more. */
  readonly onEnd: (() => void) | undefined;
}

export class BridgeCall {
  readonly request: BridgeRequest;
  /** What the application returns to its server. */
  readonly answer: Later<ResponseBody> = new Later();
  readonly #startResponse: StartResponse;
  readonly #log: Logger;
  #response: string | undefined;
  #body: BridgeBody | undefined;
  #isAnswered = false;
  #onEnd: (() => void) | undefined;
  /** When it was queued, when it was sent, and when its answer last grew, on the engine's clock. */
  queuedAt = 0;
  sentAt = 0;
  /** When it was last seen to wait for its turn in a worker, or for its client to read. */
  othersTurnAt = 0;
  /** In seconds, until it was sent; 0 if there was a worker for it. */
  #queueTime = 0;
  #progressAt = 0;
  /** Set once it took too long: is told where its thread is. */
  late: { takeStacks(payload: Buffer): void } | undefined;
  /** Whether its worker has been told that the client has left. */
  isKnownToBeLeft = false;
  /** Whether its worker has been asked to give it back. */
  isAskedBack = false;
  /** Whether its worker has offered a file for it. */
  hasFileClaim = false;
  /** How many workers have died with it in their hands, unbegun. */
  deathsOutlived = 0;
  /** Where it waited for a worker, if it had to; told what it took, in milliseconds. */
  lane: { settle(call: BridgeCall, took: number): void } | undefined;
  expected = 0;

  constructor(request: BridgeRequest, startResponse: StartResponse, log: Logger) {
    this.request = request;
    this.#onEnd = request.onEnd;
    if (request.notes !== undefined) request.notes.keepsDeadline = true;
    this.#startResponse = startResponse;
    this.#log = log;
  }

  get path(): string {
    return this.request.path;
  }

  /** It has been in the queue so far, if it ever was. */
  noteQueueTime(): void {
    if (this.queuedAt === 0) return;
    this.#queueTime = (performance.now() - this.queuedAt) / 1000;
    if (this.request.notes !== undefined) this.request.notes.queueTime = this.#queueTime;
  }

  /** What REQUEST carries, behind the number of the common environ if it stands on one. */
  get payload(): string {
    const { text } = this.request.environ;
    // Encoded before anybody knew how long it would wait.
    if (this.#queueTime === 0) return text;
    return withItem(text, `portico.queue_time\0${this.#queueTime.toFixed(6)}`);
  }

  /** Whether the client has yet to read what the application gave. */
  get isClientsTurn(): boolean {
    return this.#body?.hasUnread === true;
  }

  /** Since when the client waits for the application, if it does. */
  get waitsSince(): number {
    return Math.max(this.sentAt, this.othersTurnAt, this.#progressAt);
  }

  takeResponse(payload: string, flags: number): void {
    if (flags === FrameFlag.INFORMATIONAL) {
      this.#takeHints(payload);
      return;
    }
    this.#response = payload;
    if ((flags & FrameFlag.END_STREAM) === 0) return;
    this.#end();
    if (this.#start()) this.answer.resolve([]);
  }

  /** Hints are advice: who refuses them costs the request nothing else. */
  #takeHints(payload: string): void {
    const { earlyHints, line } = this.request;
    if (earlyHints === undefined || this.#isAnswered || this.#response !== undefined) return;
    try {
      earlyHints(headersOf(decodeItems(payload)));
    } catch (error) {
      const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
      this.#log.warning(`Early hints of ${line} were refused\n${what}`, this.request.about);
    }
  }

  /** @throws {FrameError} it is more than the worker may send */
  takeData(data: Uint8Array, flags: number, owner: StreamOwner, streamId: number): void {
    if (!(this.#body?.allows(data.length) ?? data.length <= owner.window)) {
      // The worker is killed for it, and may have called this the last of the answer.
      this.fail(new WorkerLostError("its worker sent more than it may"));
      throw new FrameError(`DATA for stream ${streamId} beyond its window`);
    }
    const isLast = (flags & FrameFlag.END_STREAM) !== 0;
    if (isLast) this.#end();
    if (this.#isAnswered) {
      this.#progressAt = performance.now();
      this.#body?.push(data, isLast);
      return;
    }
    if (!this.#start()) {
      if (!isLast) owner.cancel(streamId);
    } else if (isLast) {
      this.answer.resolve(data.length === 0 ? [] : [data]);
    } else {
      this.#body = new BridgeBody(owner, streamId);
      this.#body.push(data, false);
      this.answer.resolve(this.#body);
    }
  }

  /** The rest of the body is a file that the gateway has opened. */
  takeFile(chunks: AsyncIterable<Uint8Array> & { close(): Promise<void> }): void {
    this.#end();
    if (this.#body !== undefined) this.#body.continueWith(chunks);
    else if (this.#isAnswered) void chunks.close();
    else if (this.#start()) this.answer.resolve(chunks);
    else void chunks.close();
  }

  /** The application's side has ended the stream without an answer, or in the middle of one. */
  takeReset(code: number, text: string): void {
    if (code === ErrorCode.CANCEL) this.fail(new EngineError("cancelled", 503, true));
    else this.fail(new ApplicationFailedError(text));
  }

  fail(error: Error): void {
    this.#end();
    if (this.#isAnswered) {
      this.#body?.fail(error);
      return;
    }
    this.#isAnswered = true;
    this.answer.reject(error);
  }

  #end(): void {
    if (this.request.notes !== undefined) this.request.notes.keepsDeadline = false;
    const onEnd = this.#onEnd;
    if (onEnd === undefined) return;
    this.#onEnd = undefined;
    onEnd();
  }

  /** Calls start_response with what RESPONSE brought; false if it refused that. */
  #start(): boolean {
    if (this.#isAnswered) return false;
    this.#isAnswered = true;
    const items = responseItems(this.#response ?? "");
    try {
      this.#startResponse(items[0] ?? "", headersOf(items));
      return true;
    } catch (error) {
      this.answer.reject(error instanceof Error ? error : new Error(String(error)));
      return false;
    }
  }
}

/** What follows the status, in pairs. */
function headersOf(items: readonly string[]): HeaderList {
  const headers: HeaderList = [];
  for (let at = 1; at + 1 < items.length; at += 2)
    headers.push([items[at] ?? "", items[at + 1] ?? ""]);
  return headers;
}

let lastResponse = "";
let lastItems: readonly string[] = [];

/** Most applications give the same status and headers again and again. */
function responseItems(response: string): readonly string[] {
  if (response !== lastResponse) {
    lastItems = decodeItems(response);
    lastResponse = response;
  }
  return lastItems;
}
