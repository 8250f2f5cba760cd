/** Connections that nobody serves yet, in the order in which they came. */
import type { Socket } from "node:net";

export class WaitingConnections {
  readonly #sockets = new Set<Socket>();

  get size(): number {
    return this.#sockets.size;
  }

  add(socket: Socket): void {
    socket.once("error", () => socket.destroy());
    // One that has closed says so no more: whoever served it would wait for its end for ever.
    socket.once("close", () => this.#sockets.delete(socket));
    this.#sockets.add(socket);
  }

  /** The first, which waits no longer. */
  take(): Socket | undefined {
    const [first] = this.#sockets;
    if (first !== undefined) this.#sockets.delete(first);
    return first;
  }

  takeAll(): readonly Socket[] {
    const all = [...this.#sockets];
    this.#sockets.clear();
    return all;
  }
}
