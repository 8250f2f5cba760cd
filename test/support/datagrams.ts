/** What others send by UDP. */
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { RecordedLines } from "./recorded-log.ts";

/** A server of datagrams on a free port, its messages kept. */
export class Datagrams extends RecordedLines implements AsyncDisposable {
  readonly #socket: Socket = createSocket("udp4");

  static async listening(): Promise<Datagrams> {
    const server = new Datagrams();
    server.#socket.on("message", (bytes) => server.add(bytes.toString()));
    server.#socket.bind(0, "127.0.0.1");
    await once(server.#socket, "listening");
    return server;
  }

  get port(): number {
    return this.#socket.address().port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.close();
    await once(this.#socket, "close");
  }
}
