/**
 * What a socket tells its connection. The functions are the same for all connections: as closures
 * they would be most of what an idle one costs beside its socket.
 */
import type { Socket } from "node:net";

export interface SocketEvents {
  /** `null`: the client has sent its last byte. */
  receive(data: Buffer | null): void;
  clientReadsOn(): void;
  gone(): void;
}

const LISTENER: unique symbol = Symbol("listener");

interface ToldSocket extends Socket {
  [LISTENER]?: SocketEvents;
}

export function tell(socket: ToldSocket, listener: SocketEvents): void {
  socket[LISTENER] = listener;
  socket.on("data", onData);
  socket.on("end", onEnd);
  socket.on("drain", onDrain);
  socket.on("error", onError);
  socket.on("close", onClose);
}

/** From here on it is told of the end alone; an error is still no more than that. */
export function untell(socket: ToldSocket): void {
  socket.off("data", onData);
  socket.off("end", onEnd);
  socket.off("drain", onDrain);
}

function onData(this: ToldSocket, data: Buffer): void {
  this[LISTENER]?.receive(data);
}

function onEnd(this: ToldSocket): void {
  this[LISTENER]?.receive(null);
}

function onDrain(this: ToldSocket): void {
  this[LISTENER]?.clientReadsOn();
}

/** What follows is its end. */
function onError(this: ToldSocket): void {
  this.destroy();
}

function onClose(this: ToldSocket): void {
  this[LISTENER]?.gone();
}
