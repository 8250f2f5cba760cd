/** The requests that one worker is sent, and what it keeps of their environs for those to come. */
import { createReadStream } from "node:fs";
import { type CommonEnviron, MAX_COMMON_ENVIRONS } from "../../bridge/environ-codec.ts";
import { uint32 } from "../../bridge/frame-codec.ts";
import { ErrorCode, FrameFlag, FrameType } from "../../bridge/frames.ts";
import type { BridgeCall } from "../bridge-call.ts";
import type { BridgeChannel } from "../bridge-channel.ts";
import { EngineError } from "../errors.ts";
import type { OpenCalls } from "./open-calls.ts";
import { FILE_PIECE_BYTES } from "./request-body.ts";

export class SentRequests {
  readonly #channel: BridgeChannel;
  readonly #calls: OpenCalls<BridgeCall>;
  /** What the worker keeps, by number. */
  readonly #kept: (CommonEnviron | undefined)[] = new Array(MAX_COMMON_ENVIRONS);

  /** `calls` are those that the worker has. */
  constructor(channel: BridgeChannel, calls: OpenCalls<BridgeCall>) {
    this.#channel = channel;
    this.#calls = calls;
  }

  send(call: BridgeCall, streamId: number): void {
    const { body, bodyFile } = call.request;
    const isAlone = body === undefined && bodyFile === undefined;
    this.#sendEnviron(call, isAlone ? FrameFlag.END_STREAM : 0, streamId);
    if (body !== undefined) this.#sendBody(body, streamId);
    if (bodyFile !== undefined) void this.#sendFile(bodyFile, call, streamId);
  }

  /** `end` is END_STREAM where no body follows. */
  #sendEnviron(call: BridgeCall, end: number, streamId: number): void {
    const { isEscaped, common } = call.request.environ;
    const flags = end | (isEscaped ? FrameFlag.ESCAPED : 0);
    if (common === undefined) {
      this.#channel.send(FrameType.REQUEST, flags, streamId, call.payload);
      return;
    }
    const { number } = common;
    if (this.#kept[number] !== common) {
      this.#kept[number] = common;
      this.#channel.send(FrameType.ENVIRON, 0, 0, common.payload);
    }
    const payload = uint32(number) + call.payload;
    this.#channel.send(FrameType.REQUEST, flags | FrameFlag.COMMON, streamId, payload);
  }

  /** A body that is larger than a frame may be comes in several. */
  #sendBody(pieces: readonly Uint8Array[], streamId: number): void {
    const last = pieces.length - 1;
    if (pieces.every(({ length }) => length < FILE_PIECE_BYTES)) {
      this.#channel.sendBytes(FrameType.DATA, FrameFlag.END_STREAM, streamId, pieces);
      return;
    }
    for (const [at, piece] of pieces.entries()) {
      const end = at === last ? FrameFlag.END_STREAM : 0;
      this.#channel.sendBytes(FrameType.DATA, end, streamId, [piece]);
    }
  }

  /** No more of it is in memory than the worker is slow to take. */
  async #sendFile(path: string, call: BridgeCall, streamId: number): Promise<void> {
    try {
      for await (const piece of createReadStream(path, { highWaterMark: FILE_PIECE_BYTES })) {
        if (!this.#calls.has(streamId)) return;
        this.#channel.sendBytes(FrameType.DATA, 0, streamId, [piece]);
        await this.#channel.drained();
      }
      this.#channel.sendBytes(FrameType.DATA, FrameFlag.END_STREAM, streamId, []);
    } catch (error) {
      // The file ends with the request: then nobody waits for what this says.
      call.fail(new EngineError(`the request's body cannot be read: ${error}`, 500, false));
      this.#channel.send(FrameType.RST_STREAM, 0, streamId, uint32(ErrorCode.CANCEL));
    }
  }
}
