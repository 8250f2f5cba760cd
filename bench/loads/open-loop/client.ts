/** Connections of an open-loop client: each has one request under way at most. */
import { connect, type Socket } from "node:net";
import { AnswerReader, type Reading } from "./answer-reader.ts";

export interface Outcome {
  readonly connection: number;
  /** Why it failed; undefined where it did not. */
  readonly fault: string | undefined;
}

interface Peer {
  readonly port: number;
  readonly host: string;
  /** What each answer must hold. */
  readonly body: string;
  readonly conclude: (outcome: Outcome) => void;
}

interface Open {
  readonly socket: Socket;
  readonly reader: AnswerReader;
  /** Its request has no answer yet. */
  waits: boolean;
}

/** A connection is opened when a request needs it, so that none lies open where a server keeps none. */
export class Client implements Disposable {
  readonly #peer: Peer;
  readonly #open = new Map<number, Open>();

  constructor(peer: Peer) {
    this.#peer = peer;
  }

  send(connection: number, path: string): void {
    const open = this.#open.get(connection) ?? this.#connect(connection);
    open.waits = true;
    open.socket.write(`GET ${path} HTTP/1.1\r\nHost: ${this.#peer.host}\r\n\r\n`, "latin1");
  }

  [Symbol.dispose](): void {
    for (const { socket } of this.#open.values()) socket.destroy();
    this.#open.clear();
  }

  #connect(connection: number): Open {
    const socket = connect({ host: "127.0.0.1", port: this.#peer.port, noDelay: true });
    const open = { socket, reader: new AnswerReader(), waits: false };
    this.#open.set(connection, open);
    socket.on("data", (bytes) => this.#read(connection, open, bytes));
    socket.on("error", (error) => this.#close(connection, open, String(error)));
    socket.on("close", () => this.#close(connection, open, "closed without an answer"));
    return open;
  }

  #read(connection: number, open: Open, bytes: Buffer): void {
    if (this.#open.get(connection) !== open) return;
    let reading: Reading;
    try {
      reading = open.reader.read(bytes);
    } catch (error) {
      this.#close(connection, open, String(error));
      return;
    }
    if (reading.state === "unfinished") return;
    // What says something unasked is not asked again.
    if (reading.closes || !open.waits) this.#forget(connection, open);
    if (!open.waits) return;
    open.waits = false;
    const isExpected = reading.status === 200 && reading.body === this.#peer.body;
    const fault = isExpected ? undefined : `${reading.status} ${JSON.stringify(reading.body)}`;
    this.#peer.conclude({ connection, fault });
  }

  /** The request that waits on it fails; the next one opens it anew. */
  #close(connection: number, open: Open, fault: string): void {
    if (this.#open.get(connection) !== open) return;
    this.#forget(connection, open);
    if (open.waits) this.#peer.conclude({ connection, fault });
  }

  #forget(connection: number, { socket }: Open): void {
    this.#open.delete(connection);
    socket.destroy();
  }
}
