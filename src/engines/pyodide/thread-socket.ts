/** A stream of bytes to and from a thread, as a socket is to a process. */
import { Duplex } from "node:stream";
import type { MessagePort } from "node:worker_threads";

interface Written {
  readonly chunk: Uint8Array;
}

/** The thread sleeps on `mail` while it has nothing to do: each message makes that one more. */
export class ThreadSocket extends Duplex {
  readonly #port: MessagePort;
  readonly #mail: Int32Array;

  constructor(port: MessagePort, mail: Int32Array) {
    super({ allowHalfOpen: false });
    this.#port = port;
    this.#mail = mail;
    port.on("message", (bytes: Uint8Array) => this.push(bytes));
    port.on("close", () => this.destroy());
  }

  ref(): void {
    this.#port.ref();
  }

  unref(): void {
    this.#port.unref();
  }

  override _read(): void {
    // The thread waits for room in a stream's window; there is nothing to hold back here.
  }

  /** A single chunk comes here, too: Node.js' own `_write` hands it on. */
  override _writev(written: readonly Written[], done: () => void): void {
    const size = written.reduce((sum, { chunk }) => sum + chunk.length, 0);
    const bytes = new Uint8Array(size);
    let at = 0;
    for (const { chunk } of written) {
      bytes.set(chunk, at);
      at += chunk.length;
    }
    this.#post(bytes);
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#port.close();
    done(error);
  }

  #post(bytes: Uint8Array<ArrayBuffer>): void {
    this.#port.postMessage(bytes, [bytes.buffer]);
    Atomics.add(this.#mail, 0, 1);
    Atomics.notify(this.#mail, 0);
  }
}
