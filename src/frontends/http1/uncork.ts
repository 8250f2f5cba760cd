/** What is held back so that it leaves in one write, sent now. */
import type { Socket } from "node:net";

export function uncorkFully(socket: Socket): void {
  while (socket.writableCorked > 0) socket.uncork();
}
