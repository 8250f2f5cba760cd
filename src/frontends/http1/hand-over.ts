/** A connection's socket, given to an application that speaks another protocol on it. */
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { untell } from "./socket-events.ts";
import { uncorkFully } from "./uncork.ts";

/** Why an application is told that an upgraded connection is to end, though its client is there. */
export const SERVER_STOPS: DOMException = new DOMException("the server stops", "AbortError");

/**
 * What has been written goes out first, and `behind` is what is read first. Of the socket its connection hears
 * nothing more but its end.
 */
export function handOver(socket: Socket, behind: Uint8Array): Duplex {
  untell(socket);
  uncorkFully(socket);
  // As nobody had listened yet: else what comes before somebody does would be lost, or stand still.
  (socket as { readableFlowing: boolean | null }).readableFlowing = null;
  // Of HTTP a client that has sent its last waits for its answer; here nobody may be left to end what it leaves.
  socket.allowHalfOpen = false;
  if (behind.length > 0) socket.unshift(behind);
  return socket;
}
