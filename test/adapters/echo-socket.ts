/** A WebSocket that says what it hears, by the package `ws`. */
import { WebSocketServer } from "ws";
import { upgradeRequest } from "../../src/adapters/upgrade-request.ts";
import type { Application } from "../../src/wsgi/types.ts";

const MAX_PAYLOAD = 2 ** 24;

const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_PAYLOAD });

export const application: Application = (environ, startResponse) => {
  const upgrade = upgradeRequest(environ);
  if (upgrade === undefined) {
    startResponse("200 OK", [["Content-Type", "text/plain"]]);
    return [Buffer.from(String(process.pid))];
  }
  const { request, socket, head } = upgrade;
  sockets.handleUpgrade(request, socket, head, (client) => {
    // What a client does wrong ends its connection, with a code that says so.
    client.on("error", () => {});
    client.on("message", (data, isBinary) => {
      if (String(data) === "pid") client.send(String(process.pid));
      else if (String(data) === "url") client.send(String(request.url));
      else if (String(data) === "peer") client.send(String(request.socket.remoteAddress));
      else client.send(data, { binary: isBinary });
    });
    if (environ.PATH_INFO !== "/deaf") {
      environ["portico.closed"]?.addEventListener("abort", () => client.close(1001));
    }
  });
  startResponse("101 Switching Protocols", []);
  return [];
};
