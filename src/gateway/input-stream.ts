/** `wsgi.input`: the bytes of a request's body, in the order they come. */
import { buffers } from "../buffers/buffers.ts";
import { ByteQueue } from "../buffers/byte-queue.ts";
import { BuffersFullError } from "../buffers/errors.ts";
import { MemoryQueue } from "../buffers/memory-queue.ts";
import { PieceSource } from "../buffers/piece-source.ts";
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
export class BodyStream extends PieceSource implements InputStream {
  readonly #wanted: () => void;
  readonly #waiting = new MemoryQueue(buffers.memory);
  #state: "open" | "ended" | "discarded" = "open";
  #error: Error | undefined;
  #wake: (() => void) | undefined;
  /** What came after all interest had gone. */
  bytesDropped = 0;

  /** `wanted` is called whenever a reader waits for bytes that have not come. */
  constructor(wanted: () => void) {
    super();
    this.#wanted = wanted;
  }

  /** Whether the client should be made to wait. */
  get isFull(): boolean {
    return this.#waiting.size >= MAX_WAITING_BYTES;
  }

  /** Whether a reader waits for what the client has yet to send. */
  get isAwaited(): boolean {
    return this.#wake !== undefined;
  }

  push(data: Uint8Array): void {
    if (this.#state === "discarded") {
      this.bytesDropped += data.length;
      return;
    }
    this.#waiting.push(data);
    this.#wakeReader();
  }

  end(): void {
    if (this.#state === "open") this.#state = "ended";
    this.#wakeReader();
  }

  /** What is left is of no interest; what still comes is dropped. */
  discard(): void {
    this.#state = "discarded";
    this.#waiting.clear();
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
    const wanted = size < 0 ? Number.POSITIVE_INFINITY : size;
    if (!(await this.#waitForPart(wanted))) return NOTHING;
    const isAllThere = this.#waiting.size >= wanted || this.#state !== "open";
    return isAllThere ? this.#waiting.take(wanted) : this.#readParts(wanted);
  }

  readPieces(): Promise<Uint8Array[]> {
    return new Promise((resolve, reject) => {
      // Called by who brings the bytes, so that a client is not made to wait for their reader.
      const look = (): void => {
        const isOpen = this.#state === "open" && this.#error === undefined;
        if (isOpen && !this.isFull) this.#wake = look;
        else if (this.#waiting.size > 0) resolve(this.#waiting.takeAll());
        else if (this.#error !== undefined) reject(this.#error);
        else if (this.#state === "discarded") reject(answeredAlready());
        else resolve([]);
      };
      look();
      // What waited was taken, too: the client may send on.
      this.#wanted();
    });
  }

  /** What has come, as soon as anything has; none at the end. For one reader alone. */
  async readSome(): Promise<Uint8Array[]> {
    if (await this.#waitFor(1)) return this.#waiting.takeAll();
    if (this.#state === "discarded") throw answeredAlready();
    return [];
  }

  /** As much at once as may wait, so that bytes that come one by one are not read one by one. */
  #waitForPart(wanted: number): Promise<boolean> {
    return this.#waitFor(Math.min(wanted, MAX_WAITING_BYTES));
  }

  async #readParts(wanted: number): Promise<Uint8Array> {
    const parts = new ByteQueue(buffers.memory);
    try {
      while (parts.size < wanted && (await this.#waitForPart(wanted - parts.size))) {
        await keep(this.#waiting.take(wanted - parts.size), parts);
      }
      return await wholeOf(parts);
    } finally {
      await parts.close();
    }
  }

  async readline(size = -1): Promise<Uint8Array> {
    const wanted = size < 0 ? Number.POSITIVE_INFINITY : size;
    if (wanted === 0 || !(await this.#waitFor(1))) return NOTHING;
    const first = this.#takeOfLine(wanted);
    if (isWholeLine(first, wanted)) return first;
    this.#waiting.putBack(first);
    return this.#readLineParts(wanted);
  }

  async #readLineParts(wanted: number): Promise<Uint8Array> {
    const parts = new ByteQueue(buffers.memory);
    try {
      while ((await this.#waitFor(1)) && !(await this.#keepOfLine(wanted - parts.size, parts)));
      return await wholeOf(parts);
    } finally {
      await parts.close();
    }
  }

  /** Returns whether that was the end of the line. */
  async #keepOfLine(wanted: number, parts: ByteQueue): Promise<boolean> {
    const part = this.#takeOfLine(wanted);
    const isLast = isWholeLine(part, wanted);
    await keep(part, parts);
    return isLast;
  }

  /** What waits, up to a line's end and to `most` bytes. */
  #takeOfLine(most: number): Uint8Array {
    const part = this.#waiting.takePart(most);
    const end = part.indexOf(LINE_FEED) + 1;
    if (end === 0) return part;
    this.#waiting.putBack(part.subarray(end));
    return part.subarray(0, end);
  }

  async readlines(hint = -1): Promise<Uint8Array[]> {
    if (hint <= 0) return linesOf(await this.read());
    const lines: Uint8Array[] = [];
    let total = 0;
    for await (const line of this) {
      lines.push(line);
      total += line.length;
      if (total >= hint) break;
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

  /** Resolves when so many bytes wait, or no more will come; false at the end. */
  async #waitFor(size: number): Promise<boolean> {
    while (this.#waiting.size < size && this.#error === undefined && this.#state === "open") {
      await this.#moreBytes();
    }
    if (this.#waiting.size > 0) return true;
    if (this.#error !== undefined) throw this.#error;
    return false;
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

  #wakeReader(): void {
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }
}

/**
 * Puts a part to those that wait for the rest of what is read, which may never come: of all that
 * wait so, only so much is in memory.
 * @throws {BuffersFullError} and no more of it is to be had on the disk
 */
async function keep(part: Uint8Array, parts: ByteQueue): Promise<void> {
  parts.push(part);
  if (!buffers.memory.isSpent || (await parts.spill()) > 0) return;
  throw new BuffersFullError(
    "no room for a request's body: --limit-buffer-memory and --limit-buffer-disk are spent",
  );
}

/** Who takes a whole body or none must not take what is missing for its end. */
function answeredAlready(): Error {
  return new Error("the request was answered before its body was read");
}

function isWholeLine(part: Uint8Array, wanted: number): boolean {
  return part.length === wanted || part.at(-1) === LINE_FEED;
}

function linesOf(text: Uint8Array): Uint8Array[] {
  const lines: Uint8Array[] = [];
  for (let start = 0; start < text.length; ) {
    const end = text.indexOf(LINE_FEED, start) + 1 || text.length;
    lines.push(text.subarray(start, end));
    start = end;
  }
  return lines;
}

/** All that is in the queue, in one piece. */
async function wholeOf(parts: ByteQueue): Promise<Uint8Array> {
  const whole = Buffer.allocUnsafe(parts.size);
  for (let at = 0; at < whole.length; ) {
    const chunk = await parts.take();
    if (chunk === undefined) break;
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}
