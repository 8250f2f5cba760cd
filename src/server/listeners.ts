/** Listening sockets: opened, named when they cannot be, and closed. */
import { linkSync, lstatSync, renameSync, type Stats, unlinkSync } from "node:fs";
import { connect, createServer, type Server as NetServer, type Socket } from "node:net";
import { dirname, resolve as resolvePath } from "node:path";
import { codeOf } from "../buffers/system-error.ts";
import { type Address, addressFrom, type Binding, urlOf } from "./addresses.ts";
import { boundPath } from "./bound-path.ts";
import type { Handshakes } from "./handshakes.ts";
import { LastConnections, removeFile } from "./last-connections.ts";
import { acceptAgain, allowStopping, descriptorOf, stopAccepting } from "./listening-handle.ts";
import type { ListenerTls } from "./tls-options.ts";

/** An address that cannot be listened on; the message says why and what to do. */
export class ListenError extends Error {
  override readonly name: string = "ListenError";
  readonly address: Binding;

  constructor(address: Binding, reason: string, cause: unknown) {
    super(`cannot listen on ${urlOf(address)}: ${reason}`, { cause });
    this.address = address;
  }
}

export interface Listener {
  /** The address with its real port. */
  readonly address: Address;
  /** Whether another process listens there too: then what waits there, and a Unix socket's file, is left to it. */
  isShared: boolean;
  /** What a process is given that is to listen there too. */
  readonly descriptor: number;
  /** Leaves whoever comes in the kernel's queue, for {@link take} or for another process. */
  leave(): void;
  /** Takes whoever comes, again. */
  take(): void;
  /** Lets others take for a moment, if there are others. */
  yieldToOthers(): void;
  /** What handshakes from here on are made with, where it speaks TLS; others are not touched. */
  renewTls(tls: ListenerTls): void;
  /** Takes those connections that have come, and no new ones; resolves when it listens no more. */
  close(): Promise<void>;
  /** Takes none any more, not even those that have come. */
  closeAtOnce(): void;
}

/** @throws {ListenError} */
export async function listen(
  binding: Binding,
  backlog: number,
  accept: (socket: Socket) => void,
): Promise<Listener> {
  if (binding.kind === "unix") await claim(binding);
  const handshakes = binding.tls && (await handshakesOf(binding.tls, accept));
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    if (last.takes(socket)) return;
    // A client that has gone already has no address: no application should see it without one.
    if (listener.address.kind === "tcp" && socket.remoteAddress === undefined) socket.destroy();
    else if (handshakes !== undefined) handshakes.begin(socket);
    else accept(socket);
  });
  if (binding.kind !== "descriptor") allowStopping(server);
  const last = new LastConnections(server);
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error) => {
      reject(new ListenError(binding, reasonFor(error, binding), error));
    });
    if (binding.kind === "unix") listenOnPath(server, binding, backlog, resolve);
    else if (binding.kind === "descriptor") {
      // Node.js passes a backlog among the options over where there is a descriptor.
      server.listen({ fd: binding.descriptor }, backlog, resolve);
    } else {
      const { host, port } = binding;
      server.listen({ host, port, backlog, ipv6Only: false }, resolve);
    }
  });
  const listener = new OpenListener(server, last, { binding, backlog, handshakes });
  return listener;
}

/** Loaded where it is asked for: most servers stand behind one that speaks TLS. */
async function handshakesOf(
  tls: ListenerTls,
  accept: (socket: Socket) => void,
): Promise<Handshakes> {
  const { Handshakes } = await import("./handshakes.ts");
  return new Handshakes(tls, accept);
}

function addressOf(server: NetServer, binding: Binding): Address {
  const address = plainAddressOf(server, binding);
  return binding.tls === undefined ? address : { ...address, isTls: true };
}

function plainAddressOf(server: NetServer, binding: Binding): Address {
  const said = server.address();
  if (binding.kind !== "descriptor") return addressFrom(said);
  // Node.js knows the path of no Unix socket but those it has bound.
  if (said !== null) return addressFrom(said);
  const { address } = binding;
  return address?.kind === "unix"
    ? { kind: "unix", path: address.path }
    : boundPath(binding.descriptor);
}

/** How long others have to wake up and take what comes, in milliseconds: the least that a timer waits. */
const MOMENT = 1;

interface ListenerParts {
  readonly binding: Binding;
  readonly backlog: number;
  readonly handshakes: Handshakes | undefined;
}

class OpenListener implements Listener {
  readonly address: Address;
  isShared: boolean;
  readonly #server: NetServer;
  readonly #last: LastConnections;
  readonly #backlog: number;
  readonly #handshakes: Handshakes | undefined;
  /** libuv removes the file of a Unix socket that it has bound, whoever else listens on it. */
  readonly #isBoundHere: boolean;
  #moment: NodeJS.Timeout | undefined;

  constructor(
    server: NetServer,
    last: LastConnections,
    { binding, backlog, handshakes }: ListenerParts,
  ) {
    this.#server = server;
    this.#last = last;
    this.#backlog = backlog;
    this.#handshakes = handshakes;
    this.address = addressOf(server, binding);
    this.#isBoundHere = binding.kind !== "descriptor";
    this.isShared = !this.#isBoundHere;
  }

  get descriptor(): number {
    return descriptorOf(this.#server);
  }

  leave(): void {
    if (this.#server.listening) stopAccepting(this.#server);
  }

  take(): void {
    clearTimeout(this.#moment);
    this.#moment = undefined;
    if (this.#server.listening) acceptAgain(this.#server, this.#backlog);
  }

  yieldToOthers(): void {
    // One that closes has to take what is there.
    if (!this.isShared || this.#moment !== undefined || !this.#server.listening) return;
    this.leave();
    this.#moment = setTimeout(() => this.take(), MOMENT);
  }

  renewTls(tls: ListenerTls): void {
    this.#handshakes?.renew(tls);
  }

  async close(): Promise<void> {
    if (this.isShared) this.#closeSocket();
    else {
      if (this.#moment !== undefined) this.take();
      this.#removeStrangeFile();
      await this.#last.close(this.address);
    }
    await this.#handshakes?.settled();
  }

  closeAtOnce(): void {
    this.#handshakes?.end();
    this.#closeSocket();
  }

  #closeSocket(): void {
    clearTimeout(this.#moment);
    const { address } = this;
    const closeIt = (): void => this.#last.closeAtOnce();
    if (!this.isShared) this.#removeStrangeFile();
    if (this.isShared && this.#isBoundHere && address.kind === "unix" && this.#server.listening) {
      keepingFile(address.path, closeIt);
    } else closeIt();
  }

  /** Of a socket that was passed and is nobody else's any more: libuv knows nothing of it. */
  #removeStrangeFile(): void {
    const { address } = this;
    if (address.kind === "unix" && !this.#isBoundHere) removeFile(address.path);
  }
}

/** The file has a second name while it loses its own: only for two system calls nobody can connect. */
function keepingFile(path: string, close: () => void): void {
  const spare = `${path}.${process.pid}`;
  linkSync(path, spare);
  close();
  renameSync(spare, path);
}

/** Open to all, as gunicorn's is: a proxy in front is another user. Its directory or a mask can say no. */
function listenOnPath(
  server: NetServer,
  { path, umask = 0 }: Address & { kind: "unix" },
  backlog: number,
  onListening: () => void,
): void {
  // The file is made before listen() returns, with all rights but those of the mask.
  const before = process.umask(umask);
  try {
    server.listen({ path, backlog }, onListening);
  } finally {
    process.umask(before);
  }
}

const REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: "another program listens there; stop it or choose another address",
  EACCES: "permission denied; ports below 1024 and some directories need more rights",
  EADDRNOTAVAIL: "this machine has no such address",
  ENOTFOUND: "no such host",
  ENOENT: "its directory does not exist",
  ENOTDIR: "its directory is a file",
  ENAMETOOLONG: "the path is too long for a socket",
  EINVAL: "not an address to listen on; a socket's path has about 100 characters at most",
};

function reasonFor(error: unknown, binding: Binding): string {
  if (!(error instanceof Error)) return String(error);
  if (binding.kind === "descriptor") return `it is no stream socket to listen on: ${error.message}`;
  return REASONS[codeOf(error)] ?? error.message;
}

/** The room in `sockaddr_un` without its NUL; libuv would cut a longer path and listen elsewhere. */
export const MAX_SOCKET_PATH_BYTES: number = process.platform === "linux" ? 107 : 103;

/** Makes room: a socket file that nobody listens on any more is in the way; any other is somebody's. */
async function claim(address: Address & { kind: "unix" }): Promise<void> {
  if (Buffer.byteLength(address.path) > MAX_SOCKET_PATH_BYTES) {
    throw new ListenError(address, REASONS.ENAMETOOLONG ?? "", undefined);
  }
  const stats = statsOf(address);
  if (stats === undefined) return;
  if (!stats.isSocket()) {
    throw new ListenError(address, "a file that is no socket has this name", undefined);
  }
  if (await someoneListens(address.path)) {
    throw new ListenError(address, REASONS.EADDRINUSE ?? "", undefined);
  }
  unlinkSync(address.path);
}

/** Of the file that has the socket's name, if there is one; its directory must be one. */
function statsOf(address: Address & { kind: "unix" }): Stats | undefined {
  try {
    // libuv calls a missing directory EACCES; this calls it by its name.
    lstatSync(dirname(resolvePath(address.path)));
    return lstatSync(address.path, { throwIfNoEntry: false });
  } catch (error) {
    throw new ListenError(address, reasonFor(error, address), error);
  }
}

/** Whether a Unix socket answers. */
export function someoneListens(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", (error: NodeJS.ErrnoException) => {
      // Without the right to connect, nobody can tell: then it is not ours to remove.
      resolve(error.code !== "ECONNREFUSED");
    });
  });
}
