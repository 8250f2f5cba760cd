/** A content coding that is made piece by piece: each piece can be decoded by who has those before it. */
import { finished, type Transform } from "node:stream";
import type { ContentCoding } from "../http/content-codings.ts";
import { compressingStream } from "../static/compression.ts";

/** One piece at a time: the next call waits for the last. */
export class StreamEncoder {
  readonly #stream: Transform;
  #made: Buffer[] = [];

  constructor(coding: ContentCoding, level: number) {
    this.#stream = compressingStream(coding, level);
    this.#stream.on("data", (bytes: Buffer) => this.#made.push(bytes));
    // Who waits for a piece is told.
    this.#stream.on("error", () => {});
  }

  /** `bytes` may change once this has resolved. @throws what zlib says */
  encode(bytes: Uint8Array): Promise<readonly Buffer[]> {
    return new Promise((resolve, reject) => {
      // What it makes is emitted before the call back.
      this.#stream.write(bytes, (error) => (error ? reject(error) : resolve(this.#take())));
    });
  }

  end(): Promise<readonly Buffer[]> {
    return new Promise((resolve, reject) => {
      finished(this.#stream, (error) => (error ? reject(error) : resolve(this.#take())));
      this.#stream.end();
    });
  }

  /** Its memory is let go, whether it has come to an end or not. */
  close(): void {
    this.#stream.destroy();
  }

  #take(): readonly Buffer[] {
    const made = this.#made;
    this.#made = [];
    return made;
  }
}
