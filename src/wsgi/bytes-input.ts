/** `wsgi.input` over bytes that are all there. */
import type { InputStream } from "./types.ts";

const LINE_FEED = 0x0a;

/** What a middleware that has read a request's body gives to the application. */
export class BytesInput implements InputStream {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  async read(size = -1): Promise<Uint8Array> {
    return this.#take(size < 0 ? this.#bytes.length : this.#at + size);
  }

  async readline(size = -1): Promise<Uint8Array> {
    return this.#nextLine(size);
  }

  async readlines(hint = -1): Promise<Uint8Array[]> {
    const lines: Uint8Array[] = [];
    let total = 0;
    for (let line = this.#nextLine(); line.length > 0; line = this.#nextLine()) {
      lines.push(line);
      total += line.length;
      if (hint > 0 && total >= hint) break;
    }
    return lines;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    for (let line = this.#nextLine(); line.length > 0; line = this.#nextLine()) yield line;
  }

  #nextLine(size = -1): Uint8Array {
    const end = this.#bytes.indexOf(LINE_FEED, this.#at) + 1 || this.#bytes.length;
    return this.#take(size < 0 ? end : Math.min(end, this.#at + size));
  }

  #take(end: number): Uint8Array {
    const part = this.#bytes.subarray(this.#at, end);
    this.#at += part.length;
    return part;
  }
}

/** So many bytes of a body, or all that it has: one `read` may give fewer. */
export async function readBytes(input: InputStream, size: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let left = size;
  while (left > 0) {
    const part = await input.read(left);
    if (part.length === 0) break;
    parts.push(part);
    left -= part.length;
  }
  const [first] = parts;
  return first !== undefined && parts.length === 1 ? first : Buffer.concat(parts);
}
