/** What a socket tells about its connection, as CGI's meta-variables have it. */
import type { Socket } from "node:net";
import type { ConnectionFacts } from "../../gateway/environ.ts";
import type { Http1Writer } from "./http1-writer.ts";

export function connectionFacts(
  socket: Socket,
  closed: AbortSignal,
  { earlyHints }: Http1Writer,
): ConnectionFacts {
  const local = socket.localAddress;
  return {
    // RFC 3875 §4.1.14 and §4.1.15 want a host and a port even where a Unix socket has neither.
    serverName: local === undefined ? "localhost" : serverName(local),
    serverPort: String(socket.localPort ?? 80),
    remoteAddress: unmapped(socket.remoteAddress ?? ""),
    remotePort: socket.remotePort === undefined ? "" : String(socket.remotePort),
    scheme: "http",
    closed,
    earlyHints,
  };
}

/** RFC 3875 §4.1.14: an IPv6 address stands in brackets. */
function serverName(address: string): string {
  const plain = unmapped(address);
  return plain.includes(":") ? `[${plain}]` : plain;
}

/** An IPv4 client of a socket that listens on both has its address mapped (RFC 4291 §2.5.5.2). */
function unmapped(address: string): string {
  return address.startsWith("::ffff:") && address.includes(".") ? address.slice(7) : address;
}
