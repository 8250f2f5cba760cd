/** The body of a request, read in the pieces in which it comes. */
import { PieceSource } from "../buffers/piece-source.ts";
import { BodyStream } from "../gateway/input-stream.ts";
import type { Environ, InputStream } from "../wsgi/types.ts";

const READ_BYTES = 65_536;

export class EnvironBody {
  readonly #input: InputStream;
  /** PEP 3333 lets an input go on behind the body: an application reads no more than CONTENT_LENGTH. */
  #left: number;

  constructor(environ: Environ) {
    const length = Number(environ.CONTENT_LENGTH ?? "");
    const endsByItself = environ["wsgi.input_terminated"] === true;
    this.#input = environ["wsgi.input"];
    this.#left = endsByItself ? Number.POSITIVE_INFINITY : length;
  }

  /** Whether there may be something to read. */
  get mayHaveBytes(): boolean {
    return this.#left > 0;
  }

  /** What has come, as soon as anything has; none at the end. */
  async read(): Promise<readonly Uint8Array[]> {
    if (!this.mayHaveBytes) return [];
    const input = this.#input;
    // What stands in for a stream, to watch or to change what is read, is read as PEP 3333 has it.
    if (PieceSource.is(input) && input instanceof BodyStream) return input.readSome();
    const chunk = await input.read(Math.min(READ_BYTES, this.#left));
    this.#left -= chunk.length;
    return chunk.length === 0 ? [] : [chunk];
  }
}
