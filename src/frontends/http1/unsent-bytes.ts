/** How much of what was written to a socket the system has not taken yet. */
import type { Socket } from "node:net";

/**
 * `writableLength` counts a write as a whole until all of it is out, so it stands still while a slow
 * client takes a large one. Node.js's own socket timeout looks at the handle's queue for that reason.
 */
export function unsentBytes(socket: Socket): number {
  // Not in the public types; where it is missing, progress shows at the end of each write.
  const { _handle: handle } = socket as { _handle?: { readonly writeQueueSize?: number } | null };
  return handle?.writeQueueSize ?? socket.writableLength;
}
