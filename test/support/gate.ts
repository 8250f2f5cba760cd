/** A place where requests of a Python application wait until the test lets them pass. */
import { createServer, type Server, type Socket } from "node:net";

/** A request that has come to the gate, and so has begun. */
export interface Arrival {
  readonly name: string;
  /** The process that runs it. */
  readonly pid: number;
  pass(): void;
}

export class Gate {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #arrived = new Map<string, Arrival>();
  readonly #awaited = new Map<string, (arrival: Arrival) => void>();

  private constructor() {
    this.#server = createServer((socket) => this.#take(socket));
  }

  static async open(path: string): Promise<Gate> {
    const gate = new Gate();
    await new Promise<void>((resolve, reject) => {
      gate.#server.once("error", reject);
      gate.#server.listen(path, resolve);
    });
    return gate;
  }

  /** Resolves when the request of that name waits here. */
  arrival(name: string): Promise<Arrival> {
    const arrived = this.#arrived.get(name);
    if (arrived !== undefined) return Promise.resolve(arrived);
    return new Promise((resolve) => this.#awaited.set(name, resolve));
  }

  /** Lets everyone pass. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #take(socket: Socket): void {
    let text = "";
    this.#sockets.add(socket);
    socket.once("close", () => this.#sockets.delete(socket));
    // The worker may have been killed.
    socket.on("error", () => socket.destroy());
    socket.setEncoding("utf8").on("data", (data) => {
      text += data;
      if (!text.endsWith("\n")) return;
      const [name = "", pid] = text.trim().split(" ");
      const arrival = { name, pid: Number(pid), pass: () => void socket.end("1") };
      this.#arrived.set(name, arrival);
      this.#awaited.get(name)?.(arrival);
    });
  }
}
