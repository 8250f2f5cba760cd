/**
 * Stands where the socket of a listener's request and response would be. What is written to it are the heads
 * and the body of one answer, whose reader sets the pace.
 */
import { Duplex } from "node:stream";
import type { Environ } from "../wsgi/types.ts";
import { readHead, type WrittenHead } from "./head-text.ts";

interface Written {
  readonly chunk: string | Buffer;
  readonly encoding: BufferEncoding;
}

type Taken = (error?: Error | null) => void;

export interface SocketEvents {
  /** A head has been written, informational ones too. */
  head(head: WrittenHead): void;
  /** There is more to be taken. */
  written(): void;
  /** The listener has destroyed its request, its response or this. */
  destroyed(error: Error | null): void;
}

export class ListenerSocket extends Duplex {
  readonly remoteAddress: string | undefined;
  readonly remotePort: number | undefined;
  readonly remoteFamily: "IPv4" | "IPv6";
  readonly localAddress: string;
  readonly localPort: number;
  readonly encrypted: boolean;
  readonly #events: SocketEvents;
  #hasHead = false;
  #chunks: Buffer[] = [];
  #taken: Taken | undefined;

  constructor(environ: Environ, events: SocketEvents) {
    // Strings stay strings: a head is read as text.
    super({ decodeStrings: false });
    const { REMOTE_ADDR, REMOTE_PORT, SERVER_NAME, SERVER_PORT } = environ;
    this.remoteAddress = REMOTE_ADDR || undefined;
    this.remotePort = REMOTE_PORT ? Number(REMOTE_PORT) : undefined;
    this.remoteFamily = REMOTE_ADDR?.includes(":") === true ? "IPv6" : "IPv4";
    this.localAddress = SERVER_NAME;
    this.localPort = Number(SERVER_PORT);
    this.encrypted = environ["wsgi.url_scheme"] === "https";
    this.#events = events;
  }

  /** What waits, which the listener may follow with more; empty if nothing does. */
  takeWritten(): Buffer[] {
    const chunks = this.#chunks;
    this.#chunks = [];
    const taken = this.#taken;
    this.#taken = undefined;
    taken?.();
    return chunks;
  }

  /** How long a client may take is the server's affair. */
  setTimeout(_milliseconds: number, _onTimeout?: () => void): this {
    return this;
  }

  setNoDelay(): this {
    return this;
  }

  setKeepAlive(): this {
    return this;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  address(): { address: string; family: string; port: number } {
    return { address: this.localAddress, family: this.remoteFamily, port: this.localPort };
  }

  /** The body of the request does not come this way. */
  override _read(): void {}

  override _write(chunk: string | Buffer, encoding: BufferEncoding, taken: Taken): void {
    this.#keep({ chunk, encoding });
    this.#await(taken);
  }

  override _writev(all: Written[], taken: Taken): void {
    for (const written of all) this.#keep(written);
    this.#await(taken);
  }

  override _destroy(error: Error | null, done: Taken): void {
    this.#chunks = [];
    this.#events.destroyed(error);
    // Told already; as an event it would end the process where nobody listens.
    done();
  }

  #keep({ chunk, encoding }: Written): void {
    let rest = chunk;
    while (!this.#hasHead && typeof rest === "string" && rest !== "") {
      const head = readHead(rest);
      this.#hasHead = head.statusCode >= 200;
      rest = rest.slice(head.length);
      this.#events.head(head);
    }
    if (rest.length === 0) return;
    this.#chunks.push(typeof rest === "string" ? Buffer.from(rest, encoding) : rest);
  }

  #await(taken: Taken): void {
    if (this.#chunks.length === 0) {
      taken();
      return;
    }
    this.#taken = taken;
    this.#events.written();
  }
}
