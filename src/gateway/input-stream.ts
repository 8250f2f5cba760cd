/** `wsgi.input`: the bytes of a request's body, in the order they come. */
import type { InputStream } from "../wsgi/types.ts";

const NOTHING = new Uint8Array(0);
const LINE_FEED = 0x0a;

/** Body bytes that wait for the application before the client is made to wait. */
const MAX_WAITING_BYTES = 65_536;

/** The body of a request that has none. */
export const EMPTY_INPUT: InputStream = {
  read: () => Promise.resolve(NOTHING),
  readline: () => Promise.resolve(NOTHING),
  readlines: () => Promise.resolve([]),
  async *[Symbol.asyncIterator]() {},
};

/** The front end feeds it; the application drains it. */
export class BodyStream implements InputStream {
  readonly #wanted: () => void;
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #state: "open" | "ended" | "discarded" = "open";
  #error: Error | undefined;
  #wake: (() => void) | undefined;

  /** `wanted` is called whenever a reader waits for bytes that have not come. */
  constructor(wanted: () => void) {
    this.#wanted = wanted;
  }

  /** Whether the client should be made to wait. */
  get isFull(): boolean {
    return this.#waitingBytes >= MAX_WAITING_BYTES;
  }

  push(data: Uint8Array): void {
    if (this.#state === "discarded") return;
    this.#waiting.push(data);
    this.#waitingBytes += data.length;
    this.#wakeReader();
  }

  end(): void {
    if (this.#state === "open") this.#state = "ended";
    this.#wakeReader();
  }

  /** What is left is of no interest; what still comes is dropped. */
  discard(): void {
    this.#state = "discarded";
    this.#waiting = [];
    this.#waitingBytes = 0;
    this.#wakeReader();
  }

  /** Every read after what has come rejects with `error`: a body cut short never looks whole. */
  fail(error: Error): void {
    if (this.#state !== "open") return;
    this.#error = error;
    this.#wakeReader();
  }

  async read(size = -1): Promise<Uint8Array> {
    if (size === 0) return NOTHING;
    const parts: Uint8Array[] = [];
    let missing = size < 0 ? Number.POSITIVE_INFINITY : size;
    while (missing > 0) {
      const part = await this.#next(missing);
      if (part === undefined) break;
      parts.push(part);
      missing -= part.length;
    }
    return joined(parts);
  }

  async readline(size = -1): Promise<Uint8Array> {
    const parts: Uint8Array[] = [];
    let missing = size < 0 ? Number.POSITIVE_INFINITY : size;
    while (missing > 0) {
      const part = await this.#next(missing);
      if (part === undefined) break;
      const end = part.indexOf(LINE_FEED) + 1;
      if (end > 0) {
        this.#putBack(part.subarray(end));
        parts.push(part.subarray(0, end));
        break;
      }
      parts.push(part);
      missing -= part.length;
    }
    return joined(parts);
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
    for (;;) {
      const line = await this.readline();
      if (line.length === 0) return;
      yield line;
    }
  }

  /** Up to `size` bytes as soon as there are any; undefined at the end. */
  async #next(size: number): Promise<Uint8Array | undefined> {
    for (;;) {
      const first = this.#waiting.shift();
      if (first !== undefined) {
        this.#waitingBytes -= first.length;
        if (first.length <= size) return first;
        this.#putBack(first.subarray(size));
        return first.subarray(0, size);
      }
      if (this.#error !== undefined) throw this.#error;
      if (this.#state !== "open") return undefined;
      await this.#moreBytes();
    }
  }

  #moreBytes(): Promise<void> {
    return new Promise((resolve) => {
      const earlier = this.#wake;
      this.#wake = () => {
        earlier?.();
        resolve();
      };
      this.#wanted();
    });
  }

  #putBack(rest: Uint8Array): void {
    if (rest.length === 0) return;
    this.#waiting.unshift(rest);
    this.#waitingBytes += rest.length;
  }

  #wakeReader(): void {
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  return parts.length === 1 ? (parts[0] ?? NOTHING) : Buffer.concat(parts);
}
