/** The settings of proxies: who is believed about the clients behind it, and what. */
import { FORWARDED_KINDS, type ForwardedKind } from "../gateway/forwarded-kinds.ts";
import { AddressListError, TrustedPeers } from "../gateway/trusted-peers.ts";
import type { ProxyMode } from "../http/proxy-protocol.ts";
import { quoted } from "../log/escapes.ts";
import { DEFAULT_PROXY_OPTIONS } from "../server/proxies.ts";
import { SettingError } from "./errors.ts";
import type { SettingTable } from "./setting.ts";
import { lastOf, NO_VALUE, type SettingType } from "./setting-types.ts";

export interface ProxySettings {
  readonly forwardedAllowIps: string;
  readonly forwardedHeaders: readonly ForwardedKind[];
  readonly proxyProtocol: ProxyMode;
  readonly proxyAllowFrom: string;
}

/** Addresses, networks and `*`, kept as they were written; none at all is a list too. */
const addressList: SettingType<string> = {
  shape: "text",
  read(texts, origin) {
    const text = lastOf(texts);
    try {
      new TrustedPeers(text);
    } catch (error) {
      if (!(error instanceof AddressListError)) throw error;
      throw new SettingError(origin, error.message, { cause: error });
    }
    return text;
  },
  show: (text) => text || NO_VALUE,
};

const forwardedKinds: SettingType<readonly ForwardedKind[]> = {
  shape: "list",
  read(texts, origin) {
    const words = lastOf(texts)
      .split(",")
      .map((word) => word.trim().toLowerCase());
    return words.filter((word) => word !== "").map((word) => forwardedKind(word, origin));
  },
  show: (kinds) => kinds.join(",") || NO_VALUE,
};

function forwardedKind(word: string, origin: string): ForwardedKind {
  const kind = FORWARDED_KINDS.find((known) => known === word);
  if (kind !== undefined) return kind;
  throw new SettingError(origin, `${quoted(word)} is not one of ${FORWARDED_KINDS.join(", ")}`);
}

/** The modes, and gunicorn's other words for two of them. */
const MODES: ReadonlyMap<string, ProxyMode> = new Map([
  ["off", "off"],
  ["v1", "v1"],
  ["v2", "v2"],
  ["auto", "auto"],
  ["false", "off"],
  ["true", "auto"],
]);

const proxyMode: SettingType<ProxyMode> = {
  shape: "text",
  read(texts, origin) {
    const text = lastOf(texts);
    const mode = MODES.get(text.toLowerCase());
    if (mode !== undefined) return mode;
    throw new SettingError(origin, `${quoted(text)} is not off, v1, v2 or auto`);
  },
  show: (mode) => mode,
};

export const PROXY_SETTINGS: SettingTable<ProxySettings> = {
  forwardedAllowIps: {
    section: "Proxies",
    flags: ["--forwarded-allow-ips"],
    metavar: "ADDRESSES",
    type: addressList,
    default: DEFAULT_PROXY_OPTIONS.forwardedAllowIps,
    environment: { variable: "FORWARDED_ALLOW_IPS" },
    help: "The proxies whose Forwarded and X-Forwarded-* fields are believed: addresses and networks such as 10.0.0.0/8, with commas between them, or * for whoever connects. From others these fields are left out. Unix sockets are always believed.",
  },
  forwardedHeaders: {
    section: "Proxies",
    flags: ["--forwarded-headers"],
    metavar: "NAMES",
    type: forwardedKinds,
    default: DEFAULT_PROXY_OPTIONS.forwardedHeaders,
    help: "What is believed of those proxies: those of for, proto, host, port and prefix that they set themselves, with commas between them. The fields that say anything else of it are left out, since a client may have written them.",
  },
  proxyProtocol: {
    section: "Proxies",
    flags: ["--proxy-protocol"],
    metavar: "[MODE]",
    bare: { text: "auto", isValue: (word) => MODES.has(word.toLowerCase()) },
    type: proxyMode,
    default: DEFAULT_PROXY_OPTIONS.proxyProtocol,
    help: "The PROXY protocol of balancers that pass connections on unread: off, v1, v2, or auto for either of them or none; without a mode it is auto. Its addresses are those of the client and of the balancer.",
  },
  proxyAllowFrom: {
    section: "Proxies",
    flags: ["--proxy-allow-from"],
    metavar: "ADDRESSES",
    type: addressList,
    default: DEFAULT_PROXY_OPTIONS.proxyAllowFrom,
    help: "The balancers that speak the PROXY protocol, as in --forwarded-allow-ips; others speak plain HTTP.",
  },
};
