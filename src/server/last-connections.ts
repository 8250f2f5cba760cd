/**
 * The end of a listening socket, without loss. What the kernel has accepted and this process has not
 * yet would be reset when the socket closes; so those are taken first, and the door is held meanwhile.
 */
import { unlinkSync } from "node:fs";
import { connect, type Server as NetServer, type Socket } from "node:net";
import { addressFrom } from "./addresses.ts";

/** Connections to itself: the first that arrives shows that all before it have, the others stay behind it. */
const OWN_CONNECTIONS = 3;

/** Turns of the event loop without an arrival after which nobody waits: the first may not have looked. */
const QUIET_TURNS = 3;

/** Where connections come faster than they are taken, and none of its own arrives, in milliseconds. */
const LONGEST_WAIT = 5_000;

export class LastConnections {
  readonly #server: NetServer;
  #own: readonly Socket[] = [];
  #arrivals = 0;
  #closing: Promise<void> | undefined;
  #markClosed: (() => void) | undefined;

  constructor(server: NetServer) {
    this.#server = server;
  }

  /** To be told of each connection; whether it is one of its own, which it has ended. */
  takes(socket: Socket): boolean {
    this.#arrivals += 1;
    if (this.#own.length === 0 || socket.remoteAddress !== socket.localAddress) return false;
    if (!this.#own.some(({ localPort }) => localPort === socket.remotePort)) return false;
    socket.destroy();
    this.closeAtOnce();
    return true;
  }

  /** Resolves when all are taken that came before, and the socket listens no more. */
  close(): Promise<void> {
    this.#closing ??= new Promise((resolve) => {
      if (!this.#server.listening) resolve();
      else {
        this.#markClosed = resolve;
        this.#holdDoor();
      }
    });
    return this.#closing;
  }

  closeAtOnce(): void {
    this.#server.close();
    for (const socket of this.#own) socket.destroy();
    this.#markClosed?.();
  }

  #holdDoor(): void {
    const until = performance.now() + LONGEST_WAIT;
    const address = addressFrom(this.#server.address());
    if (address.kind === "unix") {
      removeFile(address.path);
      this.#look(until, 0);
      return;
    }
    const { host, port } = address;
    this.#own = Array.from({ length: OWN_CONNECTIONS }, () => connectTo(reachable(host), port));
    // They leave at the end of this turn. Behind them the queue is made so short that it is full: the
    // kernel answers nobody any more, and who asks again a second later is refused in due form.
    process.nextTick(() => {
      shortenQueue(this.#server);
      this.#look(until, 0);
    });
  }

  /** At each turn of the event loop one connection at least is taken, if any waits. */
  #look(until: number, quietTurns: number): void {
    const before = this.#arrivals;
    setImmediate(() => {
      if (!this.#server.listening) return;
      const quiet = this.#arrivals === before ? quietTurns + 1 : 0;
      if (quiet >= QUIET_TURNS || performance.now() > until) this.closeAtOnce();
      else this.#look(until, quiet);
    });
  }
}

function connectTo(host: string, port: number): Socket {
  const socket = connect({ host, port });
  // It is reset when the socket closes, and where it cannot even be made, quiet turns tell the same.
  socket.on("error", () => socket.destroy());
  return socket;
}

/** Where a socket of this machine is reached that listens on that address. */
function reachable(host: string): string {
  if (host === "0.0.0.0") return "127.0.0.1";
  return host === "::" ? "::1" : host;
}

/** listen(2) again: on Linux a queue of length 0 has room for one connection, as long as it is empty. */
function shortenQueue(server: NetServer): void {
  // Not in the public types; where it is missing, the queue stays as long as it was.
  const { _handle: handle } = server as { _handle?: { listen?(backlog: number): number } | null };
  handle?.listen?.(0);
}

/** Nobody finds it any more; who has found it waits in the queue. */
function removeFile(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    // Somebody has removed it before.
    if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
  }
}
