/** The begun marker of a sandbox, which looks there while a request runs: it cannot look at its socket. */
import { BegunMarker, readNumber, writeNumber } from "../cpython/begun-marker.ts";

/** Where others have stacks, and a sandbox has none. */
const SENT_AT = 8;

export class AlertingMarker extends BegunMarker {
  constructor() {
    super();
    writeNumber(this.fd, 0, SENT_AT);
  }

  /** How many bytes it was sent so far: where it has read fewer, it reads on. */
  alert(bytesSent: number): void {
    if (!this.isClosed) writeNumber(this.fd, bytesSent % 2 ** 32, SENT_AT);
  }

  override readStacks(): string {
    return "";
  }
}

/** The other side of it: whether the sandbox was alerted to more than it has read. */
export class AlertView {
  readonly #file: number;
  #received = 0;

  constructor(file: number) {
    this.#file = file;
  }

  received(bytes: number): void {
    this.#received = (this.#received + bytes) % 2 ** 32;
  }

  isThereMore(): boolean {
    // What it knows to be sent may lie behind what it has read, on either side of 2^32.
    return ((readNumber(this.#file, SENT_AT) - this.#received) | 0) > 0;
  }
}
