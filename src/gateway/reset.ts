/** Ends a connection so that its client cannot take the end for an orderly one. */
import type { Socket } from "node:net";
import { transportOf } from "./transport.ts";

/**
 * Sends RST (RFC 9293 §3.5.3) in place of FIN. `resetAndDestroy` first ends the socket, and a client
 * that reads that FIN before the reset sees a whole answer. Of TLS it is the socket below that is reset.
 */
export function resetNow(socket: Socket): void {
  // A Unix socket has no reset, and Node.js fails when asked for one.
  if (socket.remoteAddress !== undefined) {
    // What `resetAndDestroy` sets too; were it gone, the client would see an orderly end.
    (transportOf(socket) as { resetAndClosing?: boolean }).resetAndClosing = true;
  }
  socket.destroy();
}
