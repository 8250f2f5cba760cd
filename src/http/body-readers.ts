/** From received bytes to a body's data: one reader for each way to delimit a body. */
import { CHUNK_HEAD, CONTROL_IN_HEAD, NOT_IN_FIELD_VALUE } from "./abnf.ts";
import { RemoteProtocolError } from "./errors.ts";
import { fieldName } from "./fields.ts";
import type { HttpLimits } from "./limits.ts";
import type { ReceiveBuffer } from "./receive-buffer.ts";
import type { RefusalName } from "./refusals.ts";

/** Some data, the end, or undefined when more bytes are needed first. */
export type BodyReading = Uint8Array | "end" | undefined;

export interface BodyReader {
  /** @throws {RemoteProtocolError} the body's framing is broken or too large */
  read(buffer: ReceiveBuffer): BodyReading;
}

/** RFC 9112 §6.2 */
export class ContentLengthReader implements BodyReader {
  #left: number;

  constructor(length: number) {
    this.#left = length;
  }

  read(buffer: ReceiveBuffer): BodyReading {
    if (this.#left === 0) return "end";
    if (buffer.length === 0) return undefined;
    const data = buffer.takeBytes(this.#left);
    this.#left -= data.length;
    return data;
  }
}

/** RFC 9112 §7.1: size lines, chunks, and trailers, which are checked and dropped. */
export class ChunkedReader implements BodyReader {
  readonly #limits: HttpLimits;
  #awaits: "size" | "data" | "end-of-chunk" | "trailers" | "nothing" = "size";
  #leftInChunk = 0;
  #total = 0;
  /** Bytes that are neither data nor its sizes: chunk extensions and trailers. */
  #extraBytes = 0;

  constructor(limits: HttpLimits) {
    this.#limits = limits;
  }

  read(buffer: ReceiveBuffer): BodyReading {
    for (;;) {
      if (this.#awaits === "nothing") return "end";
      if (this.#awaits === "data") return this.#readData(buffer);
      const line = this.#takeLine(buffer);
      if (line === undefined) return undefined;
      if (this.#awaits === "size") this.#readSize(line);
      else if (this.#awaits === "trailers") this.#readTrailer(line);
      else this.#readEndOfChunk(line);
    }
  }

  #readData(buffer: ReceiveBuffer): Uint8Array | undefined {
    if (buffer.length === 0) return undefined;
    const data = buffer.takeBytes(this.#leftInChunk);
    this.#leftInChunk -= data.length;
    if (this.#leftInChunk === 0) this.#awaits = "end-of-chunk";
    return data;
  }

  #readSize(line: string): void {
    const match = CHUNK_HEAD.exec(line);
    if (match === null) throw new RemoteProtocolError("chunk-size");
    const [, size = "", extensions = ""] = match;
    this.#countExtra(extensions.length, "chunk-extensions");
    this.#leftInChunk = Number.parseInt(size, 16);
    this.#total += this.#leftInChunk;
    if (this.#total > this.#limits.maxBodyBytes) {
      throw new RemoteProtocolError("long-body");
    }
    this.#awaits = this.#leftInChunk === 0 ? "trailers" : "data";
  }

  #readEndOfChunk(line: string): void {
    if (line !== "") throw new RemoteProtocolError("chunk-end");
    this.#awaits = "size";
  }

  #readTrailer(line: string): void {
    if (line === "") {
      this.#awaits = "nothing";
      return;
    }
    this.#countExtra(line.length, "long-trailers");
    const colon = line.indexOf(":");
    const isField = colon > 0 && fieldName(line.slice(0, colon)) !== undefined;
    if (!isField || NOT_IN_FIELD_VALUE.test(line)) {
      throw new RemoteProtocolError("trailer");
    }
  }

  /** CVE-2024-22019: without a bound, bytes that no body limit counts come for ever. */
  #countExtra(bytes: number, refusal: RefusalName): void {
    this.#extraBytes += bytes;
    if (this.#extraBytes > this.#limits.maxChunkLineBytes) {
      throw new RemoteProtocolError(refusal);
    }
  }

  /** A line without its CR LF; a bare LF ends none. */
  #takeLine(buffer: ReceiveBuffer): string | undefined {
    const line = buffer.takeLine();
    if (line === undefined) {
      this.#refuseHopeless(buffer);
      return undefined;
    }
    // First of all, since a line that comes in pieces shows its length before its end.
    if (line.length > this.#limits.maxChunkLineBytes) throw this.#tooLong();
    const hasBareEnd = !line.endsWith("\r\n") || line.indexOf("\r") !== line.length - 2;
    if (hasBareEnd || CONTROL_IN_HEAD.test(line)) throw new RemoteProtocolError("chunk-line");
    return line.slice(0, -2);
  }

  #tooLong(): RemoteProtocolError {
    return new RemoteProtocolError(this.#awaits === "trailers" ? "long-trailers" : "chunk-line");
  }

  /** Says no to half a line that no further byte can make a whole one. */
  #refuseHopeless(buffer: ReceiveBuffer): void {
    if (buffer.length > this.#limits.maxChunkLineBytes) throw this.#tooLong();
    const start = buffer.first;
    if (this.#awaits === "end-of-chunk" && start !== -1 && start !== 0x0d) {
      throw new RemoteProtocolError("chunk-end");
    }
  }
}
