/** From a response body's data to bytes, as its framing wants them. */
import { LocalProtocolError } from "./errors.ts";
import type { Framing, ResponseHead } from "./events.ts";
import { NO_BODY, responseFraming } from "./framing.ts";
import { encodeChunk, LAST_CHUNK } from "./writers.ts";

const NOTHING: readonly Uint8Array[] = [];

export class BodyWriter {
  readonly #kind: Framing["kind"];
  /** What Content-Length promised and was not yet given. */
  #left: number;

  constructor(framing: Framing) {
    this.#kind = framing.kind;
    this.#left = framing.kind === "content-length" ? framing.length : 0;
  }

  /** Whether the framing has room for more; without a body it never has. */
  get takesMoreData(): boolean {
    switch (this.#kind) {
      case "none":
        return false;
      case "content-length":
        return this.#left > 0;
      default:
        return true;
    }
  }

  get endsByClosing(): boolean {
    return this.#kind === "until-close";
  }

  write(data: Uint8Array): readonly Uint8Array[] {
    if (data.length === 0) return NOTHING;
    switch (this.#kind) {
      case "none":
        return NOTHING;
      case "chunked":
        return encodeChunk(data);
      case "until-close":
        return [data];
      case "content-length":
        return this.#fit(data);
    }
  }

  /** @throws {LocalProtocolError} bytes are missing to what Content-Length promised */
  end(): readonly Uint8Array[] {
    if (this.#left > 0) {
      throw new LocalProtocolError(
        `the body is ${this.#left} bytes shorter than its Content-Length`,
      );
    }
    return this.#kind === "chunked" ? [LAST_CHUNK] : NOTHING;
  }

  #fit(data: Uint8Array): readonly Uint8Array[] {
    const fitting = data.length > this.#left ? data.subarray(0, this.#left) : data;
    this.#left -= fitting.length;
    return fitting.length === 0 ? NOTHING : [fitting];
  }
}

/** Cuts a body to its Content-Length, or misses what is missing, and leaves its framing to others: as to HTTP/1.0. */
export function unframedBody(head: ResponseHead, method: string): BodyWriter {
  return new BodyWriter(responseFraming(head, method, "HTTP/1.0"));
}

/** Writes no body, or one that left with its head. */
export const NO_MORE_DATA: BodyWriter = new BodyWriter(NO_BODY);
