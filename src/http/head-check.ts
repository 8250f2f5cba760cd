/** Refuses half a request head as soon as no further byte can make a good one of it. */
import { RemoteProtocolError } from "./errors.ts";
import type { HttpLimits } from "./limits.ts";
import type { ReceiveBuffer } from "./receive-buffer.ts";
import { checkRequestLine } from "./request-head.ts";

/** RFC 8446 §5.1: the first byte of a TLS record that carries a handshake. */
const TLS_HANDSHAKE = 0x16;

export class HeadCheck {
  readonly #limits: HttpLimits;
  /** Where the first line that was not looked at begins. */
  #nextLine = 0;

  constructor(limits: HttpLimits) {
    this.#limits = limits;
  }

  startNextCycle(): void {
    this.#nextLine = 0;
  }

  /** @throws {RemoteProtocolError} when an answer need not wait for the rest of the head */
  check(buffer: ReceiveBuffer): void {
    if (buffer.first === TLS_HANDSHAKE) {
      throw new RemoteProtocolError("the client speaks TLS, but this port speaks plain HTTP");
    }
    const text = buffer.peekText(this.#limits.maxHeadBytes + 1);
    for (;;) {
      const lineFeed = text.indexOf("\n", this.#nextLine);
      if (lineFeed === -1) break;
      this.#checkLine(text.slice(this.#nextLine, lineFeed));
      this.#nextLine = lineFeed + 1;
    }
    if (this.#nextLine === 0 && text.length > this.#limits.maxRequestLineBytes + 2) {
      throw new RemoteProtocolError("the request line is too long", 414);
    }
    if (text.length > this.#limits.maxHeadBytes) {
      throw new RemoteProtocolError("the request head is too long", 431);
    }
  }

  #checkLine(line: string): void {
    if (!line.endsWith("\r")) throw new RemoteProtocolError("a bare LF in the request head");
    if (this.#nextLine === 0) checkRequestLine(line.slice(0, -1), this.#limits);
  }
}
