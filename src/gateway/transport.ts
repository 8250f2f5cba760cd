/** What carries a client's bytes: the socket itself, or the one below its TLS. */
import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";

/** Node.js keeps it out of the public types; where it is missing, TLS is taken for what carries the bytes. */
export function transportOf(socket: Socket): Socket {
  const { _parent: below } = socket as { readonly _parent?: Socket | null };
  return below ?? socket;
}

/** Whether what is sent on it is encrypted by this process. */
export function isEncrypted(socket: Socket): socket is TLSSocket {
  return "encrypted" in socket && socket.encrypted === true;
}
