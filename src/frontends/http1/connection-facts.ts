/** What a socket, or the balancer in front of it, tells about a connection, as CGI has it. */
import type { Socket } from "node:net";
import type { ConnectionFacts } from "../../gateway/environ.ts";
import { tlsVariables } from "../../gateway/tls-variables.ts";
import { inBrackets, unmapped } from "../../http/ip-address.ts";
import type { ProxyHeader } from "../../http/proxy-protocol.ts";

export function connectionFacts(
  socket: Socket,
  closed: AbortSignal,
  header: ProxyHeader,
  known: Pick<ConnectionFacts, "earlyHints" | "isTrusted">,
): ConnectionFacts {
  const local = socket.localAddress;
  const proxied = typeof header === "object" ? header : undefined;
  const { endpoints } = proxied ?? {};
  const tls = tlsVariables(socket);
  const destination = endpoints?.destination ?? local;
  return {
    // RFC 3875 §4.1.14 and §4.1.15 want a host and a port even where a Unix socket has neither.
    serverName: destination === undefined ? "localhost" : inBrackets(destination),
    serverPort: String(
      endpoints?.destinationPort ?? socket.localPort ?? (tls === undefined ? 80 : 443),
    ),
    remoteAddress: endpoints?.source ?? unmapped(socket.remoteAddress ?? ""),
    remotePort: String(endpoints?.sourcePort ?? socket.remotePort ?? ""),
    scheme: proxied?.isTls === true || tls !== undefined ? "https" : "http",
    closed,
    clientDisconnected: () => closed.aborted,
    // Named, not spread: objects that are all made alike are what their readers can be compiled for.
    earlyHints: known.earlyHints,
    isTrusted: known.isTrusted,
    scriptName: "",
    host: undefined,
    believed: undefined,
    tls,
  };
}
