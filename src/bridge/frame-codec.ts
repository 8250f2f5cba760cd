/** Frames to bytes and bytes to frames. */
import { FrameError } from "./errors.ts";
import { FRAME_HEADER_BYTES, type Frame, FrameType, MAX_PAYLOAD_BYTES } from "./frames.ts";

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

/** Takes one frame's parts; the payload is `bytes` from `start` to `end`, valid for good. */
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

/** Bytes come in as the socket cuts them; whole frames go out, in parts, without a copy. */
export class FrameDecoder {
  readonly #maxPayloadBytes: number;
  #parts: Buffer[] = [];
  #partBytes = 0;
  /** Bytes that must be there before another frame can be whole. */
  #needed = FRAME_HEADER_BYTES;

  constructor(maxPayloadBytes: number = MAX_PAYLOAD_BYTES) {
    this.#maxPayloadBytes = maxPayloadBytes;
  }

  /** @throws {FrameError} a payload is over the limit, or a type is unknown */
  decode(data: Buffer, sink: FrameSink): void {
    const bytes = this.#gather(data);
    if (bytes === undefined) return;
    let at = 0;
    while (bytes.length - at >= FRAME_HEADER_BYTES) {
      const length = bytes.readUInt32BE(at);
      const type = bytes[at + 4] ?? 0;
      this.#check(length, type);
      const start = at + FRAME_HEADER_BYTES;
      const end = start + length;
      if (end > bytes.length) break;
      // Checked against the last type just above.
      sink(type as FrameType, bytes[at + 5] ?? 0, bytes.readUInt32BE(at + 6), bytes, start, end);
      at = end;
    }
    this.#keep(at === 0 ? bytes : bytes.subarray(at));
  }

  /** All that is unread in one piece, or undefined while no frame can be whole. */
  #gather(data: Buffer): Buffer | undefined {
    if (this.#partBytes === 0) return data;
    this.#parts.push(data);
    this.#partBytes += data.length;
    if (this.#partBytes < this.#needed) return undefined;
    return Buffer.concat(this.#parts, this.#partBytes);
  }

  #keep(rest: Buffer): void {
    this.#parts = rest.length === 0 ? [] : [rest];
    this.#partBytes = rest.length;
    this.#needed = FRAME_HEADER_BYTES;
    if (rest.length >= FRAME_HEADER_BYTES) this.#needed += rest.readUInt32BE(0);
  }

  #check(length: number, type: number): void {
    if (length > this.#maxPayloadBytes) {
      throw new FrameError(`a frame of ${length} bytes; the limit is ${this.#maxPayloadBytes}`);
    }
    if (type === 0 || type > LAST_TYPE) throw new FrameError(`a frame of unknown type ${type}`);
  }
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
