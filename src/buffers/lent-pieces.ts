/**
 * Pieces of a file in blocks of memory that are used again once the client has them.
 *
 * An item of a body is the server's for ever, since nobody says when it has been sent, and so each
 * would need a block of its own: for 10 MB of a file, fresh memory cost more than twice the rest.
 */

/** Whoever takes it as any other body gets pieces that are never used again. */
export abstract class LendingBody implements AsyncIterable<Uint8Array> {
  abstract lend(): AsyncIterable<LentPiece>;

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    for await (const { bytes } of this.lend()) yield bytes;
  }
}

export interface LentPiece {
  readonly bytes: Uint8Array;
  /** Called by who looks at the bytes no more; who cannot tell leaves them to the collector. */
  readonly giveBack: () => void;
}

export interface PieceRange {
  readonly start: number;
  /** Not part of it. */
  readonly end: number;
}

/** Fills a block from a position of the file on; how much of it, 0 for nothing. */
export type ReadInto = (block: Buffer, length: number, position: number) => Promise<number>;

const BLOCK_BYTES = 262_144;

/** Blocks that wait to be used again: 8 MiB. */
const MAX_IDLE_BLOCKS = 32;

const idle: Buffer[] = [];

/** Ends early where there is nothing more to be read. */
export async function* lentPieces(
  read: ReadInto,
  { start, end }: PieceRange,
): AsyncGenerator<LentPiece> {
  for (let at = start; at < end; ) {
    const block = idle.pop() ?? Buffer.allocUnsafeSlow(BLOCK_BYTES);
    const count = await read(block, Math.min(BLOCK_BYTES, end - at), at);
    if (count === 0) return;
    at += count;
    yield { bytes: block.subarray(0, count), giveBack: () => keep(block) };
  }
}

function keep(block: Buffer): void {
  if (idle.length < MAX_IDLE_BLOCKS) idle.push(block);
}
