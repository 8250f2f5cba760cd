/** A `ServerResponse` whose bytes go to a {@link ListenerSocket}. */
import { type IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { ListenerSocket } from "./listener-socket.ts";

/** Framing, Date and keep-alive are left to the server: what follows the head is the body. */
export function listenerResponse(request: IncomingMessage, socket: ListenerSocket): ServerResponse {
  const response = new ServerResponse(request);
  response.sendDate = false;
  response.shouldKeepAlive = false;
  response.useChunkedEncodingByDefault = false;
  // Also where a listener says so itself, as proxies do that copy the fields of their answer.
  Object.defineProperty(response, "chunkedEncoding", { get: () => false, set: () => {} });
  // node:http keeps this where only its own server can set it back.
  Object.defineProperty(response, "writableNeedDrain", { get: () => socket.writableNeedDrain });
  // It is written to, asked for addresses and for its state.
  response.assignSocket(socket as unknown as Socket);
  socket.on("drain", () => response.emit("drain"));
  return response;
}
