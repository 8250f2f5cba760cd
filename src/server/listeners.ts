/** Listening sockets: opened, named when they cannot be, and closed. */
import { lstatSync, type Stats, unlinkSync } from "node:fs";
import { connect, createServer, type Server as NetServer, type Socket } from "node:net";
import { dirname, resolve as resolvePath } from "node:path";
import { type Address, addressFrom, urlOf } from "./addresses.ts";
import { LastConnections } from "./last-connections.ts";

/** An address that cannot be listened on; the message says why and what to do. */
export class ListenError extends Error {
  override readonly name: string = "ListenError";
  readonly address: Address;

  constructor(address: Address, reason: string, cause: unknown) {
    super(`cannot listen on ${urlOf(address)}: ${reason}`, { cause });
    this.address = address;
  }
}

export interface Listener {
  /** The address with its real port. */
  readonly address: Address;
  /** Takes those connections that have come, and no new ones; resolves when it listens no more. */
  close(): Promise<void>;
  /** Takes none any more, not even those that have come. */
  closeAtOnce(): void;
}

/**
 * With `pauseOnConnect` nothing is read of a connection, so that it can be given to another process.
 * @throws {ListenError}
 */
export async function listen(
  address: Address,
  backlog: number,
  accept: (socket: Socket) => void,
  pauseOnConnect = false,
): Promise<Listener> {
  if (address.kind === "unix") await claim(address);
  const server = createServer({ allowHalfOpen: true, noDelay: true, pauseOnConnect }, (socket) => {
    if (last.takes(socket)) return;
    // A client that has gone already has no address: no application should see it without one.
    if (address.kind === "tcp" && socket.remoteAddress === undefined) socket.destroy();
    else accept(socket);
  });
  const last = new LastConnections(server);
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error) => reject(new ListenError(address, reasonFor(error), error)));
    if (address.kind === "unix") listenOnPath(server, address, backlog, resolve);
    else
      server.listen({ host: address.host, port: address.port, backlog, ipv6Only: false }, resolve);
  });
  return {
    address: addressFrom(server.address()),
    close: () => last.close(),
    closeAtOnce: () => last.closeAtOnce(),
  };
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

function reasonFor(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  return REASONS[code] ?? error.message;
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
    throw new ListenError(address, reasonFor(error), error);
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
