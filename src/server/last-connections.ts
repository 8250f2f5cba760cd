/**
 * The end of a listening socket, without loss. What the kernel has accepted and this process has not
 * yet would be reset when the socket closes; so those are taken first, and the door is held meanwhile.
 */
import { closeSync, existsSync, fstatSync, openSync, readSync, unlinkSync } from "node:fs";
import { connect, type Server as NetServer, type Socket } from "node:net";
import { hasCode } from "../buffers/system-error.ts";
import { type Address, addressFrom } from "./addresses.ts";
import { descriptorOf, setQueueLength } from "./listening-handle.ts";

/** Connections to itself, behind all that came before; while one of them waits, the kernel lets nobody in. */
const OWN_CONNECTIONS = 3;

/** Turns of the event loop without an arrival after which nobody waits: the first may not have looked. */
const QUIET_TURNS = 3;

/** Where connections come faster than they are taken, and none of its own arrives, in milliseconds. */
const LONGEST_WAIT = 5_000;

/** Room for its own and those that come at the same time, where it lines up again. */
const LINE_UP_QUEUE = 511;

/** Of /proc/net/tcp: some four hundred listening sockets. */
const LISTENERS_BYTES = 65_536;

export class LastConnections {
  readonly #server: NetServer;
  readonly #own = new Set<Socket>();
  #arrivals = 0;
  #closing: Promise<void> | undefined;
  #markClosed: (() => void) | undefined;

  constructor(server: NetServer) {
    this.#server = server;
  }

  /** To be told of each connection; whether it is one of its own, which it has ended. */
  takes(socket: Socket): boolean {
    this.#arrivals += 1;
    if (this.#own.size === 0 || socket.remoteAddress !== socket.localAddress) return false;
    const own = [...this.#own].find(({ localPort }) => localPort === socket.remotePort);
    if (own === undefined) return false;
    this.#forget(own);
    socket.destroy();
    this.#passOwn();
    return true;
  }

  /** Resolves when all are taken that came before, and the socket listens no more at this address. */
  close(address: Address): Promise<void> {
    this.#closing ??= new Promise((resolve) => {
      if (!this.#server.listening) resolve();
      else {
        this.#markClosed = resolve;
        this.#holdDoor(address);
      }
    });
    return this.#closing;
  }

  /** Also for a socket that another process has too: who waits there is not lost, and its queue is shared. */
  closeAtOnce(): void {
    this.#server.close();
    for (const own of this.#own) this.#forget(own);
    this.#markClosed?.();
  }

  #forget(own: Socket): void {
    this.#own.delete(own);
    own.destroy();
  }

  #holdDoor(address: Address): void {
    const until = performance.now() + LONGEST_WAIT;
    if (address.kind === "unix") {
      removeFile(address.path);
      this.#look(until, 0);
      return;
    }
    this.#lineUp(address);
    this.#look(until, 0);
  }

  /** Its own are the last in the queue, which is then made so short that it is full. */
  #lineUp({ host, port }: { readonly host: string; readonly port: number }): void {
    for (let count = 0; count < OWN_CONNECTIONS; count += 1) {
      const own = connect({ host: reachable(host), port });
      // One that cannot be made is waited for no more: quiet turns tell the same.
      own.once("error", () => this.#forget(own));
      this.#own.add(own);
    }
    // They leave at the end of this turn. The kernel answers nobody from here on, for as long as
    // somebody is in the queue; who asks again a second later is refused in due form.
    process.nextTick(() => setQueueLength(this.#server, 0));
  }

  /** One of its own has had its turn: if only such are left, the socket can go. */
  #passOwn(): void {
    const queued = queuedConnections(this.#server);
    const isNobodyElse = queued === undefined || queued === this.#own.size;
    if (isNobodyElse && this.#own.size > 0) this.closeAtOnce();
    if (this.#own.size > 0 || !this.#server.listening) return;
    // Somebody came between the last of them and the end of the queue: once more.
    const address = addressFrom(this.#server.address());
    setQueueLength(this.#server, LINE_UP_QUEUE);
    if (address.kind === "tcp") this.#lineUp(address);
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

/** Where a socket of this machine is reached that listens on that address. */
function reachable(host: string): string {
  if (host === "0.0.0.0") return "127.0.0.1";
  return host === "::" ? "::1" : host;
}

/** Connections that wait to be accepted, as Linux tells; undefined elsewhere. */
function queuedConnections(server: NetServer): number | undefined {
  const fd = descriptorOf(server);
  if (fd < 0 || process.platform !== "linux") return undefined;
  const inode = String(fstatSync(fd).ino);
  for (const path of ["/proc/net/tcp", "/proc/net/tcp6"].filter(existsSync)) {
    for (const line of beginningOf(path).split("\n")) {
      // Number, address, peer, state, bytes unsent and (where it listens) connections, …, inode.
      const fields = line.trim().split(/\s+/);
      if (fields[9] === inode) return Number.parseInt(fields[4]?.split(":")[1] ?? "", 16);
    }
  }
  return undefined;
}

/** Sockets that listen stand first: what has a connection each is not read. */
function beginningOf(path: string): string {
  const bytes = Buffer.alloc(LISTENERS_BYTES);
  const fd = openSync(path, "r");
  try {
    let length = 0;
    for (let read = -1; read !== 0 && length < bytes.length; length += read) {
      read = readSync(fd, bytes, length, bytes.length - length, null);
    }
    return bytes.toString("latin1", 0, length);
  } finally {
    closeSync(fd);
  }
}

const MAY_STAY = ["ENOENT", "EACCES", "EPERM"] as const;

/** Nobody finds it any more; who has found it waits in the queue. */
export function removeFile(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    // Somebody has removed it before, or it is in a directory that is another user's since --user: then
    // it stays, as a file that nobody listens on.
    if (!hasCode(error, ...MAY_STAY)) throw error;
  }
}
