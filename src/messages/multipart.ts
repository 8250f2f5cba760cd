/** The parts of a multipart form as they come, over the parser of @fastify/busboy. */
import { Dicer } from "@fastify/busboy";
import { type FormLimits, tooLarge } from "./form-limits.ts";
import { FormPart, partHead } from "./form-part.ts";
import { HttpError } from "./http-error.ts";

/** RFC 7578 §4.2, §4.4, §4.5 and §4.8 know four; the parser drops what is more. */
const MAX_HEADER_FIELDS = 32;

/**
 * Each part is to be read before the next is asked for.
 * @throws {HttpError} 400: the body is no multipart form, or ends too early; 413: it goes beyond a limit
 */
export async function* multipartParts(
  pieces: AsyncIterable<Uint8Array>,
  boundary: string,
  limits: FormLimits,
): AsyncGenerator<FormPart> {
  const reader = new MultipartReader(boundary, limits);
  // It tells of its failure where the parts are asked for.
  void reader.feed(pieces);
  try {
    for (let part = await reader.next(); part !== undefined; part = await reader.next()) {
      yield part;
      part.pass();
    }
  } finally {
    reader.stop();
  }
}

type PartHeader = Readonly<Record<string, readonly string[]>>;

class MultipartReader {
  readonly #parser: Dicer;
  readonly #limits: FormLimits;
  readonly #arrived: FormPart[] = [];
  #latest: Dicer.PartStream | undefined;
  #latestHasHeader = true;
  #parts = 0;
  #files = 0;
  #state: "reading" | "ended" | "stopped" = "reading";
  #failure: unknown;
  #wake: (() => void) | undefined;
  #goOn: (() => void) | undefined;

  constructor(boundary: string, limits: FormLimits) {
    this.#limits = limits;
    // The parser cuts what is too long without a word: given twice as much, it shows that it is.
    const config = {
      boundary,
      maxHeaderPairs: MAX_HEADER_FIELDS,
      maxHeaderSize: 2 * limits.headers,
    };
    this.#parser = new Dicer(config);
    this.#parser.on("part", (stream: Dicer.PartStream) => this.#begin(stream));
    this.#parser.on("finish", () => this.#end());
    this.#parser.on("error", () => this.#fail(malformed("ends too early")));
  }

  /** The next part; undefined at the end. */
  async next(): Promise<FormPart | undefined> {
    for (;;) {
      const part = this.#arrived.shift();
      if (part !== undefined) return part;
      if (this.#failure !== undefined) throw this.#failure;
      if (this.#state !== "reading") return undefined;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  async feed(pieces: AsyncIterable<Uint8Array>): Promise<void> {
    try {
      for await (const piece of pieces) {
        if (this.#state === "stopped") return;
        // What stands behind the last boundary is nothing (RFC 2046 §5.1.1).
        if (this.#parser.writable) await this.#write(piece);
      }
      this.#parser.end();
    } catch (error) {
      this.#fail(error);
    }
  }

  /** No part is asked for any more. */
  stop(): void {
    this.#state = "stopped";
    this.#parser.destroy();
    this.#latest?.destroy();
    this.#goOn?.();
  }

  #write(piece: Uint8Array): Promise<void> {
    return new Promise((resolve) => {
      this.#goOn = resolve;
      this.#parser.write(piece, () => resolve());
    });
  }

  #begin(stream: Dicer.PartStream): void {
    // Whoever reads the part hears of it; nobody else has to.
    stream.on("error", () => {});
    this.#mustHaveHeader();
    this.#latest = stream;
    this.#latestHasHeader = false;
    stream.once("header", (header) => {
      this.#latestHasHeader = true;
      // The parser's types say no more than `object`; its documentation does.
      this.#announce(stream, header as PartHeader);
    });
  }

  #announce(stream: Dicer.PartStream, header: PartHeader): void {
    if (this.#failure !== undefined) return;
    try {
      this.#arrived.push(this.#partOf(stream, header));
      this.#wake?.();
    } catch (error) {
      this.#fail(error);
    }
  }

  #partOf(stream: Dicer.PartStream, header: PartHeader): FormPart {
    const { parts, files, file, fields, headers } = this.#limits;
    if (sizeOf(header) > headers) throw tooLarge("the header of a part", headers);
    const head = partHead(header);
    const failure = (): unknown => this.#failure;
    this.#parts += 1;
    if (this.#parts > parts) throw tooLarge("the form", parts, "parts");
    if (head.filename === undefined) return new FormPart(head, stream, fields, failure);
    this.#files += 1;
    if (this.#files > files) throw tooLarge("the form", files, "files");
    return new FormPart(head, stream, file, failure);
  }

  #mustHaveHeader(): void {
    if (!this.#latestHasHeader) this.#fail(malformed("has a part without header fields"));
  }

  #end(): void {
    this.#mustHaveHeader();
    if (this.#state === "reading") this.#state = "ended";
    this.#wake?.();
  }

  /** The part that is being read fails, too: half of it is not the whole. */
  #fail(error: unknown): void {
    if (this.#failure !== undefined || this.#state === "stopped") return;
    this.#failure = error;
    this.#latest?.destroy(error instanceof Error ? error : new Error(String(error)));
    this.#wake?.();
  }
}

function malformed(why: string): HttpError {
  return new HttpError(400, `the multipart body ${why}`);
}

function sizeOf(header: PartHeader): number {
  let size = 0;
  for (const [name, values] of Object.entries(header)) {
    for (const value of values) size += name.length + value.length + 4;
  }
  return size;
}
