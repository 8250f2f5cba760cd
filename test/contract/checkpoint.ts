/** Where an application reports what it does, and is held until its test lets it go on. */

import { type AddressInfo, createServer, type Server, type Socket } from "node:net";

export class Checkpoint implements AsyncDisposable {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #held = new Map<string, Socket[]>();
  #arrived: (() => void)[] = [];

  private constructor() {
    this.#server = createServer((socket) => this.#take(socket));
  }

  static async open(): Promise<Checkpoint> {
    const checkpoint = new Checkpoint();
    await new Promise<void>((resolve) => {
      checkpoint.#server.listen(0, "127.0.0.1", resolve);
    });
    return checkpoint;
  }

  /** What an application has to be told to find it: `checkpoint=PORT`. */
  get query(): string {
    // It listens on a port, so its address has one.
    return `checkpoint=${(this.#server.address() as AddressInfo).port}`;
  }

  /** Resolves when an application has reached this point, with what lets it go on. */
  async reached(name: string): Promise<() => void> {
    for (;;) {
      const socket = this.#held.get(name)?.shift();
      if (socket !== undefined) return () => socket.end("\n");
      await new Promise<void>((resolve) => {
        this.#arrived.push(resolve);
      });
    }
  }

  /** Lets an application go on from this point as soon as it has reached it. */
  async pass(name: string): Promise<void> {
    const goOn = await this.reached(name);
    goOn();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #take(socket: Socket): void {
    this.#sockets.add(socket);
    socket.once("close", () => this.#sockets.delete(socket));
    socket.once("error", () => socket.destroy());
    let text = "";
    socket.setEncoding("latin1").on("data", (data: string) => {
      text += data;
      if (!text.endsWith("\n")) return;
      const name = text.trimEnd();
      this.#held.set(name, [...(this.#held.get(name) ?? []), socket]);
      for (const arrived of this.#arrived.splice(0)) arrived();
    });
  }
}
