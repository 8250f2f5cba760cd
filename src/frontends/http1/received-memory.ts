/** What a connection keeps of received bytes that nobody has read yet, charged to the process's memory. */
import { buffers } from "../../buffers/buffers.ts";
import type { HttpConnection } from "../../http/connection.ts";

export class ReceivedMemory {
  readonly #http: HttpConnection;
  #charged = 0;

  constructor(http: HttpConnection) {
    this.#http = http;
  }

  get charged(): number {
    return this.#charged;
  }

  /** Charges what is kept now; false where it has become more, and more than the process may have. */
  settle(): boolean {
    const more = this.#http.settleReceived() - this.#charged;
    if (more === 0) return true;
    buffers.memory.charge(more);
    this.#charged += more;
    return more < 0 || !buffers.memory.isSpent;
  }

  /** Nothing is read any more. */
  forget(): void {
    this.#http.forgetReceived();
    this.settle();
  }
}
