/** Which proxies a server believes, and what: from options to what its connections are given. */
import type { Proxies, ServerLog } from "../frontends/http1/server-context.ts";
import { FORWARDED_KINDS, type ForwardedKind } from "../gateway/forwarded-kinds.ts";
import { TrustedPeers } from "../gateway/trusted-peers.ts";
import type { ProxyMode } from "../http/proxy-protocol.ts";

export interface ProxyOptions {
  /** Peers whose Forwarded and X-Forwarded-* fields are believed: addresses, networks and `*`. */
  readonly forwardedAllowIps: string;
  /** What is believed of them. */
  readonly forwardedHeaders: readonly ForwardedKind[];
  readonly proxyProtocol: ProxyMode;
  /** Peers that begin with the PROXY protocol: addresses, networks and `*`. */
  readonly proxyAllowFrom: string;
}

/** gunicorn's. */
const THIS_MACHINE = "127.0.0.1,::1";

export const DEFAULT_PROXY_OPTIONS: ProxyOptions = {
  forwardedAllowIps: THIS_MACHINE,
  forwardedHeaders: FORWARDED_KINDS,
  proxyProtocol: "off",
  proxyAllowFrom: THIS_MACHINE,
};

/** @throws {AddressListError} a list has an entry that is none */
export function proxiesOf(
  options: Partial<ProxyOptions>,
  log: Pick<ServerLog, "warning">,
): Proxies {
  const chosen = { ...DEFAULT_PROXY_OPTIONS, ...options };
  let isSaid = false;
  return {
    peers: new TrustedPeers(chosen.forwardedAllowIps),
    believed: new Set(chosen.forwardedHeaders),
    mode: chosen.proxyProtocol,
    balancers: new TrustedPeers(chosen.proxyAllowFrom),
    onUntrusted(address) {
      // Once: any client can send such fields with each of its requests.
      if (isSaid) return;
      isSaid = true;
      const who = address === "" ? "a client of unknown address" : address;
      log.warning(
        `Fields that proxies set (Forwarded, X-Forwarded-*) came from ${who} and were left out; if that is a proxy, name it in --forwarded-allow-ips (this is said once)`,
      );
    },
  };
}
