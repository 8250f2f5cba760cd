import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { FrameError } from "../../src/bridge/errors.ts";
import {
  decodeFrames,
  encodeFrame,
  FrameDecoder,
  frameHeader,
  uint32,
} from "../../src/bridge/frame-codec.ts";
import {
  ErrorCode,
  FRAME_HEADER_BYTES,
  type Frame,
  FrameFlag,
  FrameType,
  MAX_HEAD_BYTES,
  MAX_PAYLOAD_BYTES,
  MAX_SETTINGS_BYTES,
} from "../../src/bridge/frames.ts";
import { readVectors } from "./vectors.ts";

const vectors = readVectors();

/** Payloads as plain arrays, so that views of different buffers compare. */
function plain(frames: readonly Frame[]): object[] {
  return frames.map((frame) => ({ ...frame, payload: [...frame.payload] }));
}

function frame(type: FrameType, payload: string, streamId = 1, flags = 0): Frame {
  return { type, flags, streamId, payload: Buffer.from(payload, "latin1") };
}

describe("the vectors of spec/vectors", () => {
  test("there are vectors of every frame type", () => {
    const seen = new Set(vectors.map((vector) => vector.frame.type));
    assert.deepEqual([...seen].sort(), Object.values(FrameType).sort());
  });

  for (const { meaning, frame, bytes } of vectors) {
    test(`${meaning}: written as the vector says`, () => {
      assert.equal(encodeFrame(frame).toString("hex"), bytes.toString("hex"));
    });
    test(`${meaning}: read as the vector says, at any cut`, () => {
      for (let cut = 0; cut <= bytes.length; cut += 1) {
        const decoder = new FrameDecoder();
        const read = [
          ...decodeFrames(bytes.subarray(0, cut), decoder),
          ...decodeFrames(bytes.subarray(cut), decoder),
        ];
        assert.deepEqual(plain(read), plain([frame]), `cut at ${cut}`);
      }
    });
  }
});

describe("the frame decoder", () => {
  const frames = vectors.map((vector) => vector.frame);
  const bytes = Buffer.concat(vectors.map((vector) => vector.bytes));

  test("many frames in one piece come out in order", () => {
    assert.deepEqual(plain(decodeFrames(bytes)), plain(frames));
  });

  test("frames survive bytes that come one by one", () => {
    const decoder = new FrameDecoder();
    const read = [...bytes].flatMap((byte) => decodeFrames(Buffer.of(byte), decoder));
    assert.deepEqual(plain(read), plain(frames));
  });

  test("large DATA comes in parts, without a copy, unless it ends its stream", () => {
    const data = Buffer.alloc(40_000, "d");
    const large = { ...frame(FrameType.DATA, "", 7), payload: data };
    const last = { ...large, flags: FrameFlag.END_STREAM };
    const small = frame(FrameType.DATA, "small", 9);
    const stream = Buffer.concat([small, large, small, last, small].map(encodeFrame));
    for (const step of [1, 9, 13, 1_000, 30_000, stream.length]) {
      const decoder = new FrameDecoder();
      const read: Frame[] = [];
      for (let at = 0; at < stream.length; at += step) {
        const received = stream.subarray(at, at + step);
        for (const part of decodeFrames(received, decoder)) {
          if (part.streamId === 7 && part.flags === 0 && step < stream.length) {
            assert.equal(part.payload.buffer, stream.buffer, "it was copied");
          }
          read.push(part);
        }
      }
      const of = (streamId: number, flags: number): readonly Buffer[] =>
        read
          .filter((part) => part.streamId === streamId && part.flags === flags)
          .map((part) => Buffer.from(part.payload));
      assert.ok(Buffer.concat(of(7, 0)).equals(data), `in steps of ${step}`);
      assert.deepEqual(of(7, FrameFlag.END_STREAM), [data], `in steps of ${step}`);
      assert.equal(of(9, 0).join(), "small,small,small", `in steps of ${step}`);
    }
  });

  test("frames survive any cut of the bytes", () => {
    const whole = plain(frames);
    for (let cut = 0; cut <= bytes.length; cut += 1) {
      const decoder = new FrameDecoder();
      const read = [
        ...decodeFrames(bytes.subarray(0, cut), decoder),
        ...decodeFrames(bytes.subarray(cut), decoder),
      ];
      assert.deepEqual(plain(read), whole, `cut at ${cut}`);
    }
  });

  test("frames survive pieces of any one size", () => {
    for (let size = 1; size < 64; size += 1) {
      const decoder = new FrameDecoder();
      const read: Frame[] = [];
      for (let at = 0; at < bytes.length; at += size) {
        read.push(...decodeFrames(bytes.subarray(at, at + size), decoder));
      }
      assert.deepEqual(plain(read), plain(frames), `pieces of ${size}`);
    }
  });

  test("a payload is good for as long as it is kept", () => {
    const decoder = new FrameDecoder();
    const [first] = decodeFrames(encodeFrame(frame(FrameType.DATA, "first")), decoder);
    decodeFrames(encodeFrame(frame(FrameType.DATA, "other")), decoder);
    assert.equal(Buffer.from(first?.payload ?? []).toString(), "first");
  });

  test("nothing comes out of a frame that is not whole", () => {
    const whole = encodeFrame(frame(FrameType.DATA, "payload"));
    assert.deepEqual(decodeFrames(whole.subarray(0, -1)), []);
    assert.deepEqual(decodeFrames(whole.subarray(0, FRAME_HEADER_BYTES)), []);
  });

  test("a payload as large as the limit is taken, however it is cut", () => {
    const largest = frame(FrameType.DATA, "x".repeat(64));
    const data = encodeFrame(largest);
    for (let cut = 0; cut <= data.length; cut += 1) {
      const decoder = new FrameDecoder(64);
      const read = [
        ...decodeFrames(data.subarray(0, cut), decoder),
        ...decodeFrames(data.subarray(cut), decoder),
      ];
      assert.deepEqual(plain(read), plain([largest]));
    }
  });

  test("a payload over the limit is refused as soon as its header is there", () => {
    const header = Buffer.from(frameHeader(FrameType.DATA, 0, 1, 65), "latin1");
    assert.throws(() => decodeFrames(header, new FrameDecoder(64)), {
      name: "FrameError",
      message: "a frame of 65 bytes; the limit is 64",
    });
  });

  test("without another limit it is that of the protocol, 16 MiB", () => {
    assert.equal(MAX_PAYLOAD_BYTES, 16 * 1024 * 1024);
    const header = (length: number) =>
      Buffer.from(frameHeader(FrameType.DATA, 0, 1, length), "latin1");
    assert.deepEqual(decodeFrames(header(MAX_PAYLOAD_BYTES)), []);
    for (const length of [MAX_PAYLOAD_BYTES + 1, 0xffff_ffff]) {
      assert.throws(() => decodeFrames(header(length)), FrameError);
    }
  });

  test("what is taken apart into strings is smaller", () => {
    for (const [type, limit] of [
      [FrameType.RESPONSE, MAX_HEAD_BYTES],
      [FrameType.SETTINGS, MAX_SETTINGS_BYTES],
    ] as const) {
      const header = (length: number) => Buffer.from(frameHeader(type, 0, 1, length), "latin1");
      assert.deepEqual(decodeFrames(header(limit)), []);
      assert.throws(() => decodeFrames(header(limit + 1)), FrameError);
    }
  });

  test("a frame that comes byte by byte takes the memory of one", () => {
    const decoder = new FrameDecoder();
    const pieces = 1_000_000;
    decodeFrames(Buffer.from(frameHeader(FrameType.LOG, 0, 1, pieces + 1), "latin1"), decoder);
    const before = process.memoryUsage().heapUsed;
    for (let count = 0; count < pieces; count += 1) decodeFrames(Buffer.from("x"), decoder);
    const grown = process.memoryUsage().heapUsed - before;
    assert.ok(grown < 64 * 1024 ** 2, `${grown} bytes`);
    assert.equal(decodeFrames(Buffer.from("x"), decoder)[0]?.payload.length, pieces + 1);
  });

  test("every type that the table does not have is refused by its number", () => {
    const known: readonly number[] = Object.values(FrameType);
    for (let type = 0; type < 256; type += 1) {
      const header = Buffer.from(frameHeader(type, 0, 0, 0), "latin1");
      if (known.includes(type)) assert.equal(decodeFrames(header).length, 1);
      else {
        const message = `a frame of unknown type ${type}`;
        assert.throws(() => decodeFrames(header), { name: "FrameError", message });
      }
    }
  });

  test("the frames before an unknown type are still given out", () => {
    const seen: number[] = [];
    const good = encodeFrame(frame(FrameType.PING, "12345678", 0));
    const bad = Buffer.from(frameHeader(0x7f, 0, 0, 0), "latin1");
    assert.throws(() =>
      new FrameDecoder().decode(Buffer.concat([good, bad]), (type) => seen.push(type)),
    );
    assert.deepEqual(seen, [FrameType.PING]);
  });

  test("flags that nobody has defined cross as they are", () => {
    const [read] = decodeFrames(encodeFrame(frame(FrameType.DATA, "", 1, 0xff)));
    assert.equal(read?.flags, 0xff);
  });
});

test("a header and a number are the bytes of spec/bridge.md, big-endian", () => {
  const header = Buffer.from(frameHeader(FrameType.RST_STREAM, 3, 0x01020304, 0x0a0b0c), "latin1");
  assert.equal(header.toString("hex"), "000a0b0c060301020304");
  assert.equal(Buffer.from(uint32(0xff00_0180), "latin1").toString("hex"), "ff000180");
});

test("flags and error codes have the numbers of spec/bridge.md", () => {
  const flags = { END_STREAM: 1, ACK: 2, ESCAPED: 4, INFORMATIONAL: 8, COMMON: 16 };
  assert.deepEqual(FrameFlag, flags);
  assert.deepEqual(ErrorCode, {
    NO_ERROR: 0,
    PROTOCOL_ERROR: 1,
    INTERNAL_ERROR: 2,
    REFUSED_STREAM: 7,
    CANCEL: 8,
  });
});
