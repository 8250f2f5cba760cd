/** Frames to bytes and bytes to frames. */
import { FrameError } from "./errors.ts";
import {
  FRAME_HEADER_BYTES,
  type Frame,
  FrameType,
  MAX_HEAD_BYTES,
  MAX_PAYLOAD_BYTES,
  MAX_SETTINGS_BYTES,
} from "./frames.ts";

/** The ten bytes before a payload, as latin-1 text that can be joined to a text payload. */
export function frameHeader(type: number, flags: number, streamId: number, length: number): string {
  return String.fromCharCode(
    length >>> 24,
    (length >>> 16) & 0xff,
    (length >>> 8) & 0xff,
    length & 0xff,
    type,
    flags,
    streamId >>> 24,
    (streamId >>> 16) & 0xff,
    (streamId >>> 8) & 0xff,
    streamId & 0xff,
  );
}

/** A number as the four bytes of a payload, as latin-1 text. */
export function uint32(value: number): string {
  return String.fromCharCode(
    value >>> 24,
    (value >>> 16) & 0xff,
    (value >>> 8) & 0xff,
    value & 0xff,
  );
}

export function encodeFrame(frame: Frame): Buffer {
  const header = frameHeader(frame.type, frame.flags, frame.streamId, frame.payload.length);
  return Buffer.concat([Buffer.from(header, "latin1"), frame.payload]);
}

/**
 * Takes one frame's parts; the payload is `bytes` from `start` to `end`, valid for good. A large DATA
 * frame that does not end its stream may come as several.
 */
export type FrameSink = (
  type: FrameType,
  flags: number,
  streamId: number,
  bytes: Buffer,
  start: number,
  end: number,
) => void;

const EMPTY: Buffer = Buffer.alloc(0);
const LAST_TYPE = FrameType.ENVIRON;

/** Of those that are taken apart: many small strings take far more memory than their bytes. */
const LIMITS: ReadonlyMap<number, number> = new Map([
  [FrameType.RESPONSE, MAX_HEAD_BYTES],
  [FrameType.SETTINGS, MAX_SETTINGS_BYTES],
]);

/** Of DATA with more bytes than this nobody waits for the last: joining what was cut costs a copy. */
const PASSED_ON_BYTES = 16_384;

/** Bytes come in as the socket cuts them; frames go out, in parts, without a copy where they are whole. */
export class FrameDecoder {
  readonly #maxPayloadBytes: number;
  /** So many bytes a frame of any type may have: most are judged by it alone. */
  readonly #allMayHave: number;
  /**
   * A frame that is not whole yet: room for its header, then for all of it. Pieces that are kept as they
   * come would each cost hundreds of bytes, however small they are.
   */
  #room: Buffer = EMPTY;
  #filled = 0;
  /** What is still to come of DATA that is passed on as it comes, and for which stream. */
  #passing = 0;
  #passingTo = 0;

  constructor(maxPayloadBytes: number = MAX_PAYLOAD_BYTES) {
    this.#maxPayloadBytes = maxPayloadBytes;
    this.#allMayHave = Math.min(maxPayloadBytes, ...LIMITS.values());
  }

  /** @throws {FrameError} a payload is over the limit, or a type is unknown */
  decode(data: Buffer, sink: FrameSink): void {
    let at = this.#passing > 0 ? this.#passOn(data, 0, sink) : 0;
    if (this.#filled > 0) at = this.#complete(data, at, sink);
    while (data.length - at >= FRAME_HEADER_BYTES) {
      const end = at + FRAME_HEADER_BYTES + this.#lengthAt(data, at);
      if (end > data.length) {
        if (!this.#beginPassing(data, at)) break;
        at = this.#passOn(data, at + FRAME_HEADER_BYTES, sink);
      } else {
        give(data, at, end, sink);
        at = end;
      }
    }
    if (at < data.length) this.#keep(data.subarray(at));
  }

  /** Goes on with the frame that was cut; returns where the bytes behind it begin. */
  #complete(data: Buffer, start: number, sink: FrameSink): number {
    let at = start;
    while (this.#filled > 0) {
      const end = Math.min(at + this.#room.length - this.#filled, data.length);
      this.#filled += data.copy(this.#room, this.#filled, at, end);
      at = end;
      if (this.#filled < this.#room.length) return at;
      const whole = this.#room;
      this.#filled = 0;
      if (whole.length > FRAME_HEADER_BYTES || this.#lengthAt(whole, 0) === 0) {
        give(whole, 0, whole.length, sink);
      } else if (this.#beginPassing(whole, 0)) {
        return this.#passOn(data, at, sink);
      } else {
        this.#keep(whole);
      }
    }
    return at;
  }

  #keep(beginning: Buffer): void {
    const hasHeader = beginning.length >= FRAME_HEADER_BYTES;
    const size = FRAME_HEADER_BYTES + (hasHeader ? beginning.readUInt32BE(0) : 0);
    this.#room = Buffer.allocUnsafe(size);
    this.#filled = beginning.copy(this.#room);
  }

  /** Whether the frame, of which the header is there, is one that nobody waits for the end of. */
  #beginPassing(data: Buffer, at: number): boolean {
    const length = data.readUInt32BE(at);
    if (data[at + 4] !== FrameType.DATA || data[at + 5] !== 0 || length <= PASSED_ON_BYTES) {
      return false;
    }
    this.#passing = length;
    this.#passingTo = data.readUInt32BE(at + 6);
    return true;
  }

  /** Returns where the bytes behind it begin. */
  #passOn(data: Buffer, start: number, sink: FrameSink): number {
    const streamId = this.#passingTo;
    let from = start;
    let end = this.#pass(data, start);
    while (this.#passing === 0 && this.#goesOnAt(data, end)) {
      // Moved over the next header, one piece comes of two: each would cost a client's socket a write.
      data.copyWithin(from + FRAME_HEADER_BYTES, from, end);
      from += FRAME_HEADER_BYTES;
      end = this.#pass(data, end + FRAME_HEADER_BYTES);
    }
    if (end > from) sink(FrameType.DATA, 0, streamId, data, from, end);
    return end;
  }

  #pass(data: Buffer, start: number): number {
    const end = Math.min(start + this.#passing, data.length);
    this.#passing -= end - start;
    return end;
  }

  /** Whether the next frame is more of the same; it is begun then. */
  #goesOnAt(data: Buffer, at: number): boolean {
    if (data.length - at < FRAME_HEADER_BYTES) return false;
    if (data.readUInt32BE(at + 6) !== this.#passingTo) return false;
    this.#lengthAt(data, at);
    return this.#beginPassing(data, at);
  }

  /** Of the frame whose header begins there, checked. */
  #lengthAt(data: Buffer, at: number): number {
    const length = data.readUInt32BE(at);
    this.#check(length, data[at + 4] ?? 0);
    return length;
  }

  #check(length: number, type: number): void {
    if (length > this.#allMayHave) this.#checkLarge(length, type);
    if (type === 0 || type > LAST_TYPE) throw new FrameError(`a frame of unknown type ${type}`);
  }

  #checkLarge(length: number, type: number): void {
    const limit = Math.min(LIMITS.get(type) ?? this.#maxPayloadBytes, this.#maxPayloadBytes);
    if (length > limit) {
      throw new FrameError(`a frame of ${length} bytes; the limit is ${limit}`);
    }
  }
}

function give(bytes: Buffer, at: number, end: number, sink: FrameSink): void {
  // Checked against the last type when its length was read.
  const type = bytes[at + 4] as FrameType;
  sink(type, bytes[at + 5] ?? 0, bytes.readUInt32BE(at + 6), bytes, at + FRAME_HEADER_BYTES, end);
}

/** Frames as objects, for tests and tools; what serves requests uses {@link FrameDecoder}. */
export function decodeFrames(data: Buffer, decoder: FrameDecoder = new FrameDecoder()): Frame[] {
  const frames: Frame[] = [];
  decoder.decode(data, (type, flags, streamId, bytes, start, end) => {
    frames.push({
      type,
      flags,
      streamId,
      payload: start === end ? EMPTY : bytes.subarray(start, end),
    });
  });
  return frames;
}
