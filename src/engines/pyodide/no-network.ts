/**
 * Takes the network from this process, for good: Node.js' permission model (`--permission`) has files,
 * processes, threads and addons, and the network only from 25 on.
 *
 * What Python can reach of JavaScript is all of it, so nothing here can be undone from there: the
 * functions are replaced where all ways meet, and cannot be put back.
 */
import dgram from "node:dgram";
import dns from "node:dns";
import net from "node:net";

export class NoNetworkError extends Error {
  override readonly name: string = "NoNetworkError";
  readonly code = "ERR_ACCESS_DENIED";
}

/** `fetch`, `http`, `tls` and `WebSocket` all connect by the first; nothing else makes a handle of its own. */
export function takeNetworkAway(): void {
  close(net.Socket.prototype, ["connect"]);
  close(net.Server.prototype, ["listen"]);
  close(dgram.Socket.prototype, ["bind", "connect", "send", "addMembership"]);
  close(dgram, ["createSocket", "Socket"]);
  for (const asker of [
    dns,
    dns.promises,
    dns.Resolver.prototype,
    dns.promises.Resolver.prototype,
  ]) {
    const names = Object.getOwnPropertyNames(asker).filter((name) =>
      /^(?:lookup|resolve|reverse)/.test(name),
    );
    close(asker, names);
  }
  // Not the network, but as far out: signals go to any process of this user.
  close(process, ["kill", "_kill", "_debugProcess", "dlopen", "binding", "_linkedBinding"]);
}

function close(owner: object, names: readonly string[]): void {
  for (const name of names) {
    const value = (): never => {
      throw new NoNetworkError(`${name} is not for an application in a sandbox`);
    };
    Object.defineProperty(owner, name, { value, writable: false, configurable: false });
  }
}
