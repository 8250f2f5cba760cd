/** The body of a request: read once, whole or in pieces. */
import type { Environ } from "../wsgi/types.ts";
import { tooLarge } from "./form-limits.ts";

/** What is read at a time; so much waits in a server for who reads it. */
const PIECE_BYTES = 65_536;

export class RequestBody {
  readonly #environ: Environ;
  #whole: Promise<Uint8Array> | undefined;
  #isTaken = false;

  constructor(environ: Environ) {
    this.#environ = environ;
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
      const piece = await this.#environ["wsgi.input"].read(PIECE_BYTES);
      if (piece.length === 0) return;
      size += piece.length;
      if (size > limit) throw tooLarge("the body", limit);
      yield piece;
    }
  }

  async #read(limit: number): Promise<Uint8Array> {
    this.#take(limit);
    const input = this.#environ["wsgi.input"];
    const first = await input.read(limit + 1);
    // As a rule that is all of it: a server gives what is asked for, or what there is.
    if (first.length > limit || first.length === Number(this.#environ.CONTENT_LENGTH)) return first;
    const pieces = [first];
    for (let size = first.length; size <= limit; ) {
      const piece = await input.read(limit + 1 - size);
      if (piece.length === 0) break;
      pieces.push(piece);
      size += piece.length;
    }
    return pieces.length === 1 ? first : Buffer.concat(pieces);
  }

  /** Before the first byte is asked for: no client is told to go on whose body is too long. */
  #take(limit: number): void {
    if (this.#isTaken) throw new TypeError("the body of the request was read already");
    if (Number(this.#environ.CONTENT_LENGTH ?? 0) > limit) throw tooLarge("the body", limit);
    this.#isTaken = true;
  }
}
