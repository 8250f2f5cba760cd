/** Connections that nobody will serve: each is told so, as it would be by a server that stops. */
import type { Socket } from "node:net";
import { Server, type ServerOptions } from "./server.ts";

/** Resolves when they have read it, or have had their time to. */
export async function turnAway(
  sockets: readonly Socket[],
  options: Pick<ServerOptions, "software" | "log">,
): Promise<void> {
  const server = await Server.listen(() => [], {
    ...options,
    addresses: [],
    backlog: 1,
    multiprocess: false,
  });
  for (const socket of sockets) server.accept(socket);
  await server.close();
}
