/** The content codings that this Node.js can make: whole, or piece by piece. */
import type { Transform } from "node:stream";
import * as zlib from "node:zlib";
import type { ContentCoding } from "../http/content-codings.ts";

export type Levels = Readonly<Record<ContentCoding, number>>;

/** The levels that each coding knows. */
export const LEVEL_RANGES: Readonly<Record<ContentCoding, readonly [least: number, most: number]>> =
  { br: [0, 11], zstd: [1, 22], gzip: [1, 9] };

export const CODINGS: readonly ContentCoding[] = ["br", "zstd", "gzip"];

type Options = zlib.ZlibOptions & zlib.BrotliOptions;

/** Synchronously, in the thread pool, and piece by piece. */
interface Coder {
  readonly now: (bytes: Uint8Array, options: Options) => Buffer;
  readonly later: (
    bytes: Uint8Array,
    options: Options,
    callback: (error: Error | null, coded: Buffer) => void,
  ) => void;
  readonly stream: (options: Options) => Transform;
  readonly wholeOptions: (level: number, size: number) => Options;
  readonly streamOptions: (level: number) => Options;
}

const { constants } = zlib;

/**
 * The window of a stream: with that of the whole (4 MiB) each open stream would keep as much, and what
 * a page repeats stands closer together.
 */
const STREAM_WINDOW_BITS = 18;

const BROTLI: Coder = {
  now: zlib.brotliCompressSync,
  later: zlib.brotliCompress,
  stream: zlib.createBrotliCompress,
  wholeOptions: (level, size) => ({
    params: {
      [constants.BROTLI_PARAM_QUALITY]: level,
      [constants.BROTLI_PARAM_SIZE_HINT]: size,
    },
  }),
  // With every write all of it comes out: who streams wants to be read now.
  streamOptions: (level) => ({
    flush: constants.BROTLI_OPERATION_FLUSH,
    params: {
      [constants.BROTLI_PARAM_QUALITY]: level,
      [constants.BROTLI_PARAM_LGWIN]: STREAM_WINDOW_BITS,
    },
  }),
};

const GZIP: Coder = {
  now: zlib.gzipSync,
  later: zlib.gzip,
  stream: zlib.createGzip,
  wholeOptions: (level) => ({ level }),
  streamOptions: (level) => ({ level, flush: constants.Z_SYNC_FLUSH }),
};

/** What Node.js has from 22.15 on, and the types of older versions lack. */
interface ZstdOfNode {
  readonly zstdCompressSync: Coder["now"];
  readonly zstdCompress: Coder["later"];
  readonly createZstdCompress: Coder["stream"];
}

/** ZSTD_c_compressionLevel, ZSTD_c_windowLog and ZSTD_e_flush of zstd.h: parts of its stable interface. */
const ZSTD_LEVEL = 100;
const ZSTD_WINDOW_LOG = 101;
const ZSTD_FLUSH = 1;

function zstdCoder(node: Partial<ZstdOfNode>): Coder | undefined {
  const { zstdCompressSync, zstdCompress, createZstdCompress } = node;
  if (!zstdCompressSync || !zstdCompress || !createZstdCompress) return undefined;
  return {
    now: zstdCompressSync,
    later: zstdCompress,
    stream: createZstdCompress,
    wholeOptions: (level) => ({ params: { [ZSTD_LEVEL]: level } }),
    streamOptions: (level) => ({
      flush: ZSTD_FLUSH,
      params: { [ZSTD_LEVEL]: level, [ZSTD_WINDOW_LOG]: STREAM_WINDOW_BITS },
    }),
  };
}

const node: object = zlib;
const zstd = zstdCoder(node);

const CODERS: ReadonlyMap<ContentCoding, Coder> = new Map([
  ["br", BROTLI],
  ...(zstd === undefined ? [] : [["zstd", zstd] as const]),
  ["gzip", GZIP],
]);

/** Those that can be made here, smallest first as a rule: zstd needs Node.js 22.15. */
export const CODINGS_HERE: readonly ContentCoding[] = [...CODERS.keys()];

function coderOf(coding: ContentCoding): Coder {
  // Who asks has chosen among CODINGS_HERE.
  return CODERS.get(coding) ?? GZIP;
}

/** At once, in this thread: for what is small. */
export function compressNow(coding: ContentCoding, bytes: Uint8Array, level: number): Buffer {
  const { now, wholeOptions } = coderOf(coding);
  return now(bytes, wholeOptions(level, bytes.length));
}

/** In the thread pool. */
export function compressLater(
  coding: ContentCoding,
  bytes: Uint8Array,
  level: number,
): Promise<Buffer> {
  const { later, wholeOptions } = coderOf(coding);
  return new Promise((resolve, reject) => {
    later(bytes, wholeOptions(level, bytes.length), (error, coded) =>
      error === null ? resolve(coded) : reject(error),
    );
  });
}

/** Piece by piece: what has been written can be decoded once its write has called back. */
export function compressingStream(coding: ContentCoding, level: number): Transform {
  const { stream, streamOptions } = coderOf(coding);
  return stream(streamOptions(level));
}
