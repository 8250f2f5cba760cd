/** A client that sends whatever it likes and keeps all that comes back. */
import { connect, type Socket } from "node:net";
import { parseAnswers, type StrictAnswer } from "./strict-answers.ts";

export type Ended = "closed" | "reset";

/** Nothing that any case waits for takes this long. */
const SILENCE_MILLISECONDS = 20_000;

export class HostileClient implements Disposable {
  /** This end's, by which the server knows it. */
  readonly port: number;
  readonly #socket: Socket;
  readonly #received: Buffer[] = [];
  readonly #waiting = new Set<{ isOver: () => boolean; resolve: () => void }>();
  #failure: Error | undefined;
  /** How the server has ended the connection, if it has. */
  ended: Ended | undefined;
  bytesReceived = 0;

  private constructor(socket: Socket) {
    this.#socket = socket;
    this.port = socket.localPort ?? 0;
    socket.on("data", (data: Buffer) => {
      this.#received.push(data);
      this.bytesReceived += data.length;
      this.#look();
    });
    socket.once("end", () => this.#end("closed"));
    socket.on("error", () => this.#end("reset"));
    socket.setTimeout(SILENCE_MILLISECONDS, () => {
      this.#failure = new Error(`silence for ${SILENCE_MILLISECONDS} ms after ${this.#shown()}`);
      this.#look();
    });
  }

  static async open(port: number): Promise<HostileClient> {
    const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true, noDelay: true });
    await new Promise<void>((resolve, reject) => {
      socket.once("connect", resolve);
      socket.once("error", reject);
    });
    return new HostileClient(socket);
  }

  get bytes(): Buffer {
    return Buffer.concat(this.#received);
  }

  /** Resolves when the system has taken the bytes, or will not take them any more. */
  send(bytes: Uint8Array): Promise<void> {
    return new Promise((resolve) => {
      this.#socket.write(bytes, () => resolve());
    });
  }

  /** Says that nothing more is sent. */
  finish(): void {
    this.#socket.end();
  }

  /** Leaves without a word of farewell. */
  reset(): void {
    this.#socket.resetAndDestroy();
  }

  /** What has come so far, read strictly. */
  answers(methods: readonly string[] = []): readonly StrictAnswer[] {
    return parseAnswers({ bytes: this.bytes, methods, isClosed: this.ended === "closed" });
  }

  /** Resolves when the server has answered so many requests, or ended the connection. */
  answered(count: number, methods: readonly string[] = []): Promise<void> {
    const isWhole = ({ status, isWhole }: StrictAnswer) => status >= 200 && isWhole;
    return this.until(() => this.answers(methods).filter(isWhole).length >= count);
  }

  /** Resolves when it is so, which is looked at whenever bytes come, or when the connection has ended. */
  async until(isSo: () => boolean): Promise<void> {
    const isOver = (): boolean => this.#failure !== undefined || this.ended !== undefined || isSo();
    if (!isOver()) {
      await new Promise<void>((resolve) => {
        this.#waiting.add({ isOver, resolve });
      });
    }
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** Resolves when the server has ended the connection. */
  untilEnded(): Promise<void> {
    return this.until(() => false);
  }

  [Symbol.dispose](): void {
    this.#socket.destroy();
  }

  #end(how: Ended): void {
    this.ended ??= how;
    this.#look();
  }

  #look(): void {
    for (const waiter of this.#waiting) {
      try {
        if (!waiter.isOver()) continue;
      } catch (error) {
        // What is not legal HTTP fails the case that waits, not the socket's event.
        this.#failure ??= error instanceof Error ? error : new Error(String(error));
      }
      this.#waiting.delete(waiter);
      waiter.resolve();
    }
  }

  #shown(): string {
    return JSON.stringify(this.bytes.toString("latin1").slice(0, 500));
  }
}
