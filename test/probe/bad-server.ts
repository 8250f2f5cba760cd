/** A server that is wrong in one way, whatever it is asked. */
import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { ProbedServer } from "../../src/probe/probed-server.ts";

/** Milliseconds; many are asked at once, perhaps on a busy machine. */
const PATIENCE = 1_500;

export class BadServer implements AsyncDisposable {
  readonly probed: ProbedServer;
  readonly #close: () => Promise<void>;

  private constructor(port: number, close: () => Promise<void>) {
    this.probed = new ProbedServer("127.0.0.1", port, PATIENCE);
    this.#close = close;
  }

  /** `does` is called once with each connection, when its first bytes have come. */
  static async start(does: (socket: Socket) => void): Promise<BadServer> {
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      sockets.add(socket);
      // Its client leaves as it likes.
      socket.on("error", () => {});
      socket.once("data", () => {
        socket.resume();
        does(socket);
      });
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    // Node.js types the address for pipes too; a listening TCP server has a port.
    const { port } = server.address() as AddressInfo;
    return new BadServer(port, async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#close();
  }
}
