/** How much of what was written to a socket the system has not taken yet. */
import type { Socket } from "node:net";
import { transportOf } from "../../gateway/transport.ts";

/**
 * `writableLength` counts a write as a whole until all of it is out, so it stands still while a slow
 * client takes a large one. Node.js's own socket timeout looks at the handle's queue for that reason.
 * TLS hands on up to 160 KB at once, and counts those until all are out: the socket below knows better.
 */
export function unsentBytes(socket: Socket): number {
  const below = transportOf(socket);
  // Where the queue is missing, progress shows at the end of each write.
  const queued = queueOf(socket) ?? socket.writableLength;
  return below === socket ? queued : queued + (queueOf(below) ?? 0);
}

function queueOf(socket: Socket): number | undefined {
  // Not in the public types.
  const { _handle: handle } = socket as { _handle?: { readonly writeQueueSize?: number } | null };
  return handle?.writeQueueSize;
}
