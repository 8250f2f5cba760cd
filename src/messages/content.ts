/** What a response has for a body, and how it becomes one. */
import type { Part } from "../static/byte-ranges.ts";
import { partsIn } from "../static/file-body.ts";
import type { Environ, ResponseBody } from "../wsgi/types.ts";

/** Text is sent as UTF-8; what has a known length can be sent in part; a stream is sent as it comes. */
export type Content = string | Uint8Array | Blob | SizedContent | StreamContent | null;

/** Content of unknown length. */
export type StreamContent = ResponseBody | ReadableStream<Uint8Array> | LiveContent;

/** Content of known length. */
export abstract class SizedContent {
  /** In bytes. */
  abstract readonly size: number;
  /** Undefined where nothing is known of it. */
  readonly mediaType: string | undefined;

  constructor(mediaType?: string) {
    this.mediaType = mediaType;
  }

  /** Some of it: bytes that are given, and ranges of its own. Opened for this one body. */
  abstract open(parts: readonly Part[]): ResponseBody;
}

/** Content that begins when it is sent, and ends early when the request does. */
export abstract class LiveContent {
  abstract open(environ: Environ): ResponseBody;
}

/** Undefined where the length is not known. */
export function sizedContent(content: Content): SizedContent | undefined {
  if (content instanceof SizedContent) return content;
  if (content === null) return new Bytes(NOTHING);
  if (typeof content === "string") return new Bytes(Buffer.from(content, "utf8"));
  if (content instanceof Uint8Array) return new Bytes(content);
  return content instanceof Blob ? new BlobContent(content) : undefined;
}

export function openStream(content: StreamContent, environ: Environ): ResponseBody {
  if (content instanceof LiveContent) return content.open(environ);
  return content instanceof ReadableStream
    ? new StreamBody(content, environ["portico.closed"])
    : content;
}

const NOTHING = new Uint8Array(0);

class Bytes extends SizedContent {
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    super();
    this.#bytes = bytes;
  }

  get size(): number {
    return this.#bytes.length;
  }

  open(parts: readonly Part[]): ResponseBody {
    return partsIn(this.#bytes, parts);
  }
}

class BlobContent extends SizedContent {
  readonly #blob: Blob;

  constructor(blob: Blob) {
    super(blob.type === "" ? undefined : blob.type);
    this.#blob = blob;
  }

  get size(): number {
    return this.#blob.size;
  }

  open(parts: readonly Part[]): ResponseBody {
    const pieces = parts.map((part) =>
      Buffer.isBuffer(part) ? part : this.#blob.slice(part.start, part.end),
    );
    return new StreamBody(new Blob(pieces).stream());
  }
}

/**
 * A platform stream as a body: it is cancelled when nobody reads it to its end, and while it is waited
 * for, too, when `signal` says that the client has gone.
 */
class StreamBody implements AsyncIterable<Uint8Array> {
  readonly #stream: ReadableStream<Uint8Array>;
  readonly #signal: AbortSignal | undefined;
  #reader: ReadableStreamDefaultReader<Uint8Array> | undefined;

  constructor(stream: ReadableStream<Uint8Array>, signal?: AbortSignal) {
    this.#stream = stream;
    this.#signal = signal;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    const reader = this.#lock();
    this.#signal?.addEventListener("abort", this.close);
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  }

  readonly close = async (): Promise<void> => {
    this.#signal?.removeEventListener("abort", this.close);
    try {
      await this.#lock().cancel();
    } catch {
      // What the stream failed with was thrown where it was read.
    }
  };

  #lock(): ReadableStreamDefaultReader<Uint8Array> {
    this.#reader ??= this.#stream.getReader();
    return this.#reader;
  }
}
