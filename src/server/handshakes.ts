/** TLS on accepted sockets: the handshakes that are under way, none for longer than it may take. */
import type { Socket } from "node:net";
import { createServer, type TLSSocket, type Server as TlsServer } from "node:tls";
import { transportOf } from "../gateway/transport.ts";
import { contextOptions, type ListenerTls } from "./tls-options.ts";

/** Three round trips, of a second each on a bad line, and once more what was lost; in milliseconds. */
const LONGEST_HANDSHAKE = 10_000;

/** A handshake costs some 60 KB; who wants one more than so many ends the one that has lasted longest. */
const MOST_HANDSHAKES = 1_024;

/** For those under way when their listener closes, as a connection without a request has (`DRAIN_GRACE`). */
const LAST_HANDSHAKES = 500;

/** RFC 8446 §5.1: the content type of the record that every client begins with. */
const HANDSHAKE = 0x16;

const PLAIN_TEXT = "This port speaks HTTPS; write https:// in place of http://\n";
const PLAIN_ANSWER = [
  "HTTP/1.1 400 Bad Request",
  "Content-Type: text/plain; charset=utf-8",
  `Content-Length: ${PLAIN_TEXT.length}`,
  "Connection: close",
  "",
  PLAIN_TEXT,
].join("\r\n");

export class Handshakes {
  readonly #server: TlsServer;
  /** Each with the timer that ends it; the oldest first. */
  readonly #begun = new Map<Socket, NodeJS.Timeout>();
  #whenSettled: (() => void) | undefined;

  /** `accept` is given each socket whose handshake is done. */
  constructor(tls: ListenerTls, accept: (socket: Socket) => void) {
    const { clientCertificates: asked = "none" } = tls;
    this.#server = createServer({
      ...contextOptions(tls),
      requestCert: asked !== "none",
      rejectUnauthorized: asked === "required",
      ALPNProtocols: ["http/1.1"],
    });
    this.#server.on("secureConnection", (socket) => {
      this.#settle(transportOf(socket));
      // A client that has left has no address: no application should see it without one.
      if (this.#isGone(socket) || isStranger(socket, asked)) socket.destroy();
      else accept(socket);
    });
    // What is wrong with a client's handshake is its own affair.
    this.#server.on("tlsClientError", (_error, socket) => socket.destroy());
  }

  /** The socket must be new: nothing of it has been read. */
  begin(socket: Socket): void {
    const [oldest] = this.#begun.keys();
    if (oldest !== undefined && this.#begun.size >= MOST_HANDSHAKES) oldest.destroy();
    this.#begun.set(
      socket,
      setTimeout(() => socket.destroy(), LONGEST_HANDSHAKE),
    );
    socket.on("error", () => socket.destroy());
    socket.once("close", () => this.#settle(socket));
    socket.once("readable", () => this.#look(socket));
  }

  /** For handshakes from here on; who is asked for a certificate stays as it was. */
  renew(tls: ListenerTls): void {
    this.#server.setSecureContext(contextOptions(tls));
  }

  /** Resolves when none is under way: those that dawdle are ended. */
  async settled(): Promise<void> {
    if (this.#begun.size === 0) return;
    const timer = setTimeout(() => this.end(), LAST_HANDSHAKES);
    await new Promise<void>((resolve) => {
      this.#whenSettled = resolve;
    });
    clearTimeout(timer);
  }

  /** Ends all that are under way. */
  end(): void {
    for (const socket of this.#begun.keys()) {
      socket.destroy();
      this.#settle(socket);
    }
  }

  #look(socket: Socket): void {
    // `read` is typed as giving anything, for streams of objects; this is one of bytes.
    const first = socket.read() as Buffer | null;
    if (first === null) {
      // The client has ended what it had not begun.
      socket.destroy();
      return;
    }
    socket.unshift(first);
    if (first[0] === HANDSHAKE) {
      this.#server.emit("connection", socket);
      return;
    }
    socket.end(PLAIN_ANSWER);
    socket.resume();
  }

  #isGone(socket: Socket): boolean {
    const isUnix = transportOf(socket).localAddress === undefined;
    return !isUnix && socket.remoteAddress === undefined;
  }

  #settle(socket: Socket): void {
    clearTimeout(this.#begun.get(socket));
    this.#begun.delete(socket);
    if (this.#begun.size === 0) this.#whenSettled?.();
  }
}

/**
 * Whether a client has shown a certificate that does not count, or none that it had to: Node.js does not ask
 * where it may go without one, and calls a session of TLS 1.3 that is resumed without one authorized.
 */
function isStranger(
  socket: TLSSocket,
  asked: NonNullable<ListenerTls["clientCertificates"]>,
): boolean {
  if (asked === "none") return false;
  const hasShown = socket.getPeerX509Certificate() !== undefined;
  return hasShown ? !socket.authorized : asked === "required";
}
