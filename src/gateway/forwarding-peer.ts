/** The other end of one connection as a proxy: judged once, and read again only what is new. */
import type { RequestHead } from "../http/events.ts";
import type { ConnectionFacts } from "./environ.ts";
import { type Forwarded, type ForwardedTrust, portIn, readForwarded } from "./forwarded.ts";

const DEFAULT_PORTS = { http: "80", https: "443" } as const;

export class ForwardingPeer {
  readonly #connection: ConnectionFacts;
  readonly #trust: ForwardedTrust;
  readonly isTrusted: boolean;
  /** Those of the request before: a proxy's client sends the same fields again and again. */
  #values: RequestHead["values"] | undefined;
  #facts: ConnectionFacts;

  /** `address` is undefined for a Unix socket. */
  constructor(connection: ConnectionFacts, address: string | undefined, trust: ForwardedTrust) {
    this.#connection = connection;
    this.#trust = trust;
    this.isTrusted = trust.peers.trustsPeer(address);
    this.#facts = connection;
  }

  /**
   * What an application is told of the connection of a request that has such fields.
   * @throws {RemoteProtocolError} a trusted peer's fields are malformed or contradict each other
   */
  factsFor(head: RequestHead): ConnectionFacts {
    if (!this.isTrusted || head.values === this.#values) return this.#facts;
    const forwarded = readForwarded(head, this.#trust);
    this.#facts = factsBehind(this.#connection, forwarded, this.#trust);
    this.#values = head.values;
    return this.#facts;
  }
}

/** What a proxy can say of a connection, in its place. */
export type SaidByProxies = Pick<
  ConnectionFacts,
  "serverPort" | "remoteAddress" | "remotePort" | "scheme" | "scriptName" | "host" | "believed"
>;

/** What is known of a connection, with what its proxy says in the place of its own. */
export function factsBehind<Facts extends SaidByProxies>(
  connection: Facts,
  forwarded: Forwarded,
  { believed }: ForwardedTrust,
): Facts {
  const { remoteAddress, host, port } = forwarded;
  const scheme = forwarded.scheme ?? connection.scheme;
  const hostPort = portIn(host ?? "");
  const isMoved = forwarded.scheme !== undefined || host !== undefined;
  const defaultPort = isMoved ? DEFAULT_PORTS[scheme] : connection.serverPort;
  return {
    ...connection,
    serverPort: port ?? (hostPort || defaultPort),
    remoteAddress: remoteAddress ?? connection.remoteAddress,
    remotePort: remoteAddress === undefined ? connection.remotePort : forwarded.remotePort,
    scheme,
    scriptName: forwarded.prefix ?? connection.scriptName,
    host: host === undefined ? undefined : hostWithPort(host, port, scheme),
    believed,
  };
}

/** A proxy may say the port apart, and an application makes its links of the host alone. */
function hostWithPort(
  host: string,
  port: string | undefined,
  scheme: SaidByProxies["scheme"],
): string {
  const isComplete = port === undefined || /:[0-9]*$/.test(host) || port === DEFAULT_PORTS[scheme];
  return isComplete ? host : `${host}:${port}`;
}
