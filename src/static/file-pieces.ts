/** The body of an answer that is read from its file while the client takes it. */
import { close, fstatSync, read } from "node:fs";
import { promisify } from "node:util";
import { LendingBody, type LentPiece, lentPieces } from "../buffers/lent-pieces.ts";
import type { Part } from "./byte-ranges.ts";
import { type FileFacts, haveSameContent } from "./representation.ts";

const readFrom = promisify(read);
const closed = promisify(close);

/** What would be sent does not belong to what the head says, or to what was sent before it. */
export class FileChangedError extends Error {
  override readonly name: string = "FileChangedError";
  /** Where nothing was sent yet. */
  readonly statusHint = 503;

  constructor(path: string) {
    super(`${path} was changed while it was sent`);
  }
}

/** What to send of a file, and what that was when its head was made. */
interface Pieces {
  readonly path: string;
  readonly facts: FileFacts;
  readonly parts: readonly Part[];
}

/** Owns the descriptor it is given. */
export class FilePieces extends LendingBody {
  readonly #descriptor: number;
  readonly #pieces: Pieces;
  #isClosed = false;

  constructor(descriptor: number, pieces: Pieces) {
    super();
    this.#descriptor = descriptor;
    this.#pieces = pieces;
  }

  /** @throws {FileChangedError} what follows would not belong to what was sent */
  override async *lend(): AsyncGenerator<LentPiece> {
    for (const part of this.#pieces.parts) {
      if (Buffer.isBuffer(part)) yield { bytes: part, giveBack: () => {} };
      else yield* lentPieces(this.#read, part);
    }
  }

  /** A descriptor stays with its file, whatever becomes of the name; but that may be written to. */
  readonly #read = async (block: Buffer, length: number, position: number): Promise<number> => {
    const { path, facts } = this.#pieces;
    const { bytesRead } = await readFrom(this.#descriptor, block, 0, length, position);
    const isSame = haveSameContent(fstatSync(this.#descriptor), facts);
    if (bytesRead === 0 || !isSame) throw new FileChangedError(path);
    return bytesRead;
  };

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await closed(this.#descriptor);
  }
}
