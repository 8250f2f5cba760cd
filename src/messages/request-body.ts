/** The body of a request: read once, whole or in pieces. */
import type { Environ } from "../wsgi/types.ts";
import { tooLarge } from "./form-limits.ts";

/** What is read at a time; so much waits in a server for who reads it. */
const PIECE_BYTES = 65_536;

const NOTHING = new Uint8Array(0);

export class RequestBody {
  readonly #environ: Environ;
  /** What an application may still read (PEP 3333, "Input and Error Streams"). */
  #left: number;
  #whole: Promise<Uint8Array> | undefined;
  #isTaken = false;

  constructor(environ: Environ) {
    this.#environ = environ;
    const unsaid = environ["wsgi.input_terminated"] === true ? Number.POSITIVE_INFINITY : 0;
    this.#left = environ.CONTENT_LENGTH ? Number(environ.CONTENT_LENGTH) || 0 : unsaid;
  }

  /**
   * All of it; as often as wished.
   * @throws {HttpError} 413: it is longer than `limit`, in bytes
   * @throws {TypeError} it was taken in pieces
   */
  async whole(limit: number): Promise<Uint8Array> {
    this.#whole ??= this.#read(limit);
    const bytes = await this.#whole;
    if (bytes.length > limit) throw tooLarge("the body", limit);
    return bytes;
  }

  /**
   * In pieces, once.
   * @throws {HttpError} 413, as {@link whole}
   * @throws {TypeError} it was taken in pieces before
   */
  async *pieces(limit: number): AsyncGenerator<Uint8Array> {
    if (this.#whole !== undefined) {
      yield await this.whole(limit);
      return;
    }
    this.#take(limit);
    let size = 0;
    for (;;) {
      const piece = await this.#next(PIECE_BYTES);
      if (piece.length === 0) return;
      size += piece.length;
      if (size > limit) throw tooLarge("the body", limit);
      yield piece;
    }
  }

  async #read(limit: number): Promise<Uint8Array> {
    this.#take(limit);
    const pieces: Uint8Array[] = [];
    for (let size = 0; size <= limit; ) {
      const piece = await this.#next(limit + 1 - size);
      if (piece.length === 0) break;
      pieces.push(piece);
      size += piece.length;
    }
    const [first = NOTHING, second] = pieces;
    return second === undefined ? first : Buffer.concat(pieces);
  }

  async #next(most: number): Promise<Uint8Array> {
    if (this.#left <= 0) return NOTHING;
    const piece = await this.#environ["wsgi.input"].read(Math.min(most, this.#left));
    this.#left -= piece.length;
    return piece;
  }

  /** Before the first byte is asked for: no client is told to go on whose body is too long. */
  #take(limit: number): void {
    if (this.#isTaken) throw new TypeError("the body of the request was read already");
    if (this.#left !== Number.POSITIVE_INFINITY && this.#left > limit) {
      throw tooLarge("the body", limit);
    }
    this.#isTaken = true;
  }
}
