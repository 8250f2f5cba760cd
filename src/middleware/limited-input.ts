/** `wsgi.input` of which no more is read than so many bytes. */
import { PieceSource } from "../buffers/piece-source.ts";
import type { InputStream } from "../wsgi/types.ts";

const NOTHING = new Uint8Array(0);
const READ_BYTES = 65_536;

/**
 * Reads fail as soon as the body turns out to be longer, whoever reads: an application, or an engine
 * that takes a body in the pieces in which it came.
 */
export class LimitedInput extends PieceSource implements InputStream {
  readonly #input: InputStream;
  readonly #refuse: () => Error;
  #left: number;
  #isAtEnd = false;
  /** What reads fail with, once the body was too long. */
  refusal: Error | undefined;

  /** `refuse` makes the error. */
  constructor(input: InputStream, maxBytes: number, refuse: () => Error) {
    super();
    this.#input = input;
    this.#left = maxBytes;
    this.#refuse = refuse;
  }

  async read(size = -1): Promise<Uint8Array> {
    if (size >= 0) return this.#readPart(size);
    const parts: Uint8Array[] = [];
    for (;;) {
      const part = await this.#readPart(Number.POSITIVE_INFINITY);
      if (part.length === 0)
        return parts.length === 1 ? (parts[0] ?? NOTHING) : Buffer.concat(parts);
      parts.push(part);
    }
  }

  readline(size = -1): Promise<Uint8Array> {
    const wanted = size < 0 ? Number.POSITIVE_INFINITY : size;
    return this.#read(wanted, (most) => this.#input.readline(most));
  }

  async readlines(hint = -1): Promise<Uint8Array[]> {
    const lines: Uint8Array[] = [];
    let total = 0;
    for await (const line of this) {
      lines.push(line);
      total += line.length;
      if (hint > 0 && total >= hint) break;
    }
    return lines;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    for (let line = await this.readline(); line.length > 0; line = await this.readline())
      yield line;
  }

  override async readPieces(): Promise<Uint8Array[]> {
    this.#mustNotBeRefused();
    if (PieceSource.is(this.#input)) {
      const pieces = await this.#input.readPieces();
      for (const piece of pieces) this.#count(piece);
      return pieces;
    }
    const piece = await this.#readPart(READ_BYTES);
    return piece.length === 0 ? [] : [piece];
  }

  #readPart(wanted: number): Promise<Uint8Array> {
    return this.#read(wanted, (most) => this.#input.read(most));
  }

  /** One byte more than is left tells that there is one. */
  async #read(
    wanted: number,
    readMost: (size: number) => Promise<Uint8Array>,
  ): Promise<Uint8Array> {
    this.#mustNotBeRefused();
    if (this.#isAtEnd || wanted === 0) return NOTHING;
    const chunk = await readMost(Math.min(wanted, this.#left + 1));
    this.#isAtEnd = chunk.length === 0;
    this.#count(chunk);
    return chunk;
  }

  #count(chunk: Uint8Array): void {
    this.#left -= chunk.length;
    if (this.#left >= 0) return;
    this.refusal ??= this.#refuse();
    throw this.refusal;
  }

  #mustNotBeRefused(): void {
    if (this.refusal !== undefined) throw this.refusal;
  }
}
