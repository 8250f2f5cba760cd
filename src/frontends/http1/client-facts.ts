/** Who a connection's client is: judged once, learned at its first request, told with each. */
import type { Socket } from "node:net";
import type { ConnectionFacts } from "../../gateway/environ.ts";
import { ForwardingPeer } from "../../gateway/forwarding-peer.ts";
import type { RequestHead } from "../../http/events.ts";
import { unmapped } from "../../http/ip-address.ts";
import type { ProxyHeader, ProxyMode } from "../../http/proxy-protocol.ts";
import { connectionFacts } from "./connection-facts.ts";
import type { Proxies } from "./server-context.ts";

export class ClientFacts {
  readonly #socket: Socket;
  readonly #proxies: Proxies;
  readonly #earlyHints: ConnectionFacts["earlyHints"];
  readonly #peer: string | undefined;
  #closed: AbortController | undefined;
  #facts: ConnectionFacts | undefined;
  #proxy: ForwardingPeer | undefined;

  /** The socket must be new: its other end is asked for its address. */
  constructor(socket: Socket, proxies: Proxies, earlyHints: ConnectionFacts["earlyHints"]) {
    this.#socket = socket;
    this.#proxies = proxies;
    this.#earlyHints = earlyHints;
    this.#peer = peerAddress(socket);
  }

  /** How the connection is to begin. */
  get proxyMode(): ProxyMode {
    const { mode, balancers } = this.#proxies;
    return mode !== "off" && balancers.trustsPeer(this.#peer) ? mode : "off";
  }

  /**
   * What an application is told with this request.
   * @throws {RemoteProtocolError} a trusted proxy's fields are malformed or contradict each other
   */
  for(head: RequestHead, header: ProxyHeader): ConnectionFacts {
    this.#facts ??= this.#learn(header);
    if (!head.isForwarded) return this.#facts;
    this.#proxy ??= this.#judge(this.#facts, header);
    return this.#proxy.factsFor(head);
  }

  /** Who it is, for the log, as far as a balancer or the socket tells; undefined on a Unix socket. */
  addressBehind(header: ProxyHeader): string | undefined {
    const source = typeof header === "object" ? header.endpoints?.source : undefined;
    return source ?? (this.#peer === undefined ? undefined : unmapped(this.#peer));
  }

  /** Tells applications that the client has left. */
  abort(reason: unknown): void {
    this.#closed?.abort(reason);
  }

  #learn(header: ProxyHeader): ConnectionFacts {
    this.#closed = new AbortController();
    const isTrusted = this.#proxies.peers.trustsPeer(this.#sayer(header));
    const known = { earlyHints: this.#earlyHints, isTrusted };
    return connectionFacts(this.#socket, this.#closed.signal, header, known);
  }

  #judge(facts: ConnectionFacts, header: ProxyHeader): ForwardingPeer {
    const address = this.#sayer(header);
    const proxy = new ForwardingPeer(facts, address, this.#proxies);
    if (!proxy.isTrusted) this.#proxies.onUntrusted(address ?? "");
    return proxy;
  }

  /** The one whose word the header fields are: a balancer passes on what its client sent. */
  #sayer(header: ProxyHeader): string | undefined {
    return typeof header === "object" ? (header.endpoints?.source ?? "") : this.#peer;
  }
}

/** The other end of a new socket: undefined for a Unix socket, empty for a client that has left. */
function peerAddress(socket: Socket): string | undefined {
  // A client that has left has no address any more, but this end of its connection still has.
  if (socket.remoteAddress === undefined && socket.localAddress !== undefined) return "";
  return socket.remoteAddress;
}
