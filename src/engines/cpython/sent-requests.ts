/** The environs that one worker is sent, and what it keeps of them for requests to come. */
import { type CommonEnviron, MAX_COMMON_ENVIRONS } from "../../bridge/environ-codec.ts";
import { uint32 } from "../../bridge/frame-codec.ts";
import { FrameFlag, FrameType } from "../../bridge/frames.ts";
import type { BridgeCall } from "../bridge-call.ts";
import type { BridgeChannel } from "../bridge-channel.ts";

export class SentEnvirons {
  readonly #channel: BridgeChannel;
  /** What the worker keeps, by number. */
  readonly #kept: (CommonEnviron | undefined)[] = new Array(MAX_COMMON_ENVIRONS);

  constructor(channel: BridgeChannel) {
    this.#channel = channel;
  }

  /** `end` is END_STREAM where no body follows. */
  sendRequest(call: BridgeCall, end: number, streamId: number): void {
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
}
