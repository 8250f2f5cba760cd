/**
 * What a listening socket of Node.js can do beyond its public types: libuv's handle of it.
 * Where parts of that are missing, only {@link stopAccepting} fails.
 */
import type { Server as NetServer } from "node:net";

interface ListeningHandle {
  readonly fd?: number;
  open?(fd: number): number;
  listen?(queueLength: number): number;
  readStart?(): number;
  readStop?(): number;
}

const NOT_OPEN = -1;

function handleOf(server: NetServer): ListeningHandle | undefined {
  return (server as { _handle?: ListeningHandle | null })._handle ?? undefined;
}

export function descriptorOf(server: NetServer): number {
  return handleOf(server)?.fd ?? NOT_OPEN;
}

/** listen(2) again: on Linux a queue of length 0 has room for one connection, as long as it is empty. */
export function setQueueLength(server: NetServer, length: number): void {
  handleOf(server)?.listen?.(length);
}

/**
 * To be called before it listens. libuv takes only what was opened by its number for something to be
 * read, and only of such a handle it stops to look; so it is opened by the number it has already.
 */
export function allowStopping(server: NetServer): void {
  let handle = handleOf(server) ?? null;
  Object.defineProperty(server, "_handle", {
    get: () => handle,
    set: (made: ListeningHandle | null) => {
      handle = made;
      made?.open?.(made.fd ?? NOT_OPEN);
    },
  });
}

/**
 * Leaves newcomers in the kernel's queue, until {@link acceptAgain}. libuv has a call for that where
 * bytes are read, and none where connections are; both wait for the same event.
 */
export function stopAccepting(server: NetServer): void {
  const handle = handleOf(server);
  if (handle?.readStart?.() === 0 && handle.readStop?.() === 0) return;
  throw new Error(`this Node.js (${process.version}) cannot leave connections in their queue`);
}

/** listen(2) again is what libuv looks from. */
export function acceptAgain(server: NetServer, queueLength: number): void {
  setQueueLength(server, queueLength);
}
