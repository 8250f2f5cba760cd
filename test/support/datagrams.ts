/** A UDP socket that keeps what is sent to it. */
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { RecordedLines } from "./recorded-log.ts";

export class Datagrams implements AsyncDisposable {
  /** Each as it came. */
  readonly whole: string[] = [];
  /** Their lines. */
  readonly lines: RecordedLines = new RecordedLines();
  readonly #socket: Socket;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("message", (message) => {
      this.whole.push(message.toString("utf8"));
      for (const line of message.toString("utf8").split("\n")) this.lines.add(line);
    });
  }

  /** Listens on a free port of this machine. */
  static async open(): Promise<Datagrams> {
    const socket = createSocket("udp4");
    socket.bind(0, "127.0.0.1");
    await once(socket, "listening");
    return new Datagrams(socket);
  }

  get port(): number {
    return this.#socket.address().port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.close();
    await once(this.#socket, "close");
  }
}
