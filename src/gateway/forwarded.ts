/**
 * What a trusted proxy says of its client: from Forwarded and X-Forwarded-* fields to the client's
 * address and the URL that it asked for. Nothing here is called for a peer that is not trusted.
 */

import { HOST } from "../http/abnf.ts";
import { RemoteProtocolError } from "../http/errors.ts";
import type { RequestHead } from "../http/events.ts";
import { FieldRole, trimOws } from "../http/fields.ts";
import { type IpAddress, parseIpAddress, showIpAddress } from "../http/ip-address.ts";
import { decodePath } from "../wsgi/native-string.ts";
import { type ForwardedElement, parseForwarded } from "./forwarded-elements.ts";
import type { ForwardedKind } from "./forwarded-kinds.ts";
import type { TrustedPeers } from "./trusted-peers.ts";

/** Undefined is what the proxy did not say. */
export interface Forwarded {
  /** Also undefined where the client is unknown and the peer the last proxy that is known. */
  readonly remoteAddress: string | undefined;
  /** Empty where the proxy did not say. */
  readonly remotePort: string;
  readonly scheme: "http" | "https" | undefined;
  readonly host: string | undefined;
  readonly port: string | undefined;
  /** Decoded, without a slash at its end. */
  readonly prefix: string | undefined;
}

/** What is believed of a trusted peer. */
export interface ForwardedTrust {
  /** Peers whose word counts, and addresses that are passed over on the way to the client. */
  readonly peers: TrustedPeers;
  readonly believed: ReadonlySet<ForwardedKind>;
}

/** @throws {RemoteProtocolError} what the proxy says is malformed, or contradicts itself */
export function readForwarded(
  head: Pick<RequestHead, "names" | "values">,
  trust: ForwardedTrust,
): Forwarded {
  const fields = forwardedFields(head);
  const one = fromXForwarded(fields, trust);
  const other = fromForwarded(fields, trust);
  const { client, scheme, host } = other === undefined ? one : agreed(one, other);
  const hops = client?.hops ?? 0;
  const has = (kind: ForwardedKind): boolean => trust.believed.has(kind);
  return {
    remoteAddress: client?.address,
    remotePort: client?.port ?? "",
    scheme,
    host,
    port: has("port") ? said(fields, "x-forwarded-port", hops, portOf) : undefined,
    prefix: has("prefix") ? said(fields, "x-forwarded-prefix", hops, prefixOf) : undefined,
  };
}

/** The values of each field, in their order. */
type Fields = ReadonlyMap<string, readonly string[]>;

function forwardedFields({ names, values }: Pick<RequestHead, "names" | "values">): Fields {
  const fields = new Map<string, string[]>();
  for (const [index, name] of names.entries()) {
    if (name.role !== FieldRole.FORWARDED) continue;
    const known = fields.get(name.lower);
    if (known === undefined) fields.set(name.lower, [values[index] ?? ""]);
    else known.push(values[index] ?? "");
  }
  return fields;
}

/** What can be said in both ways. */
interface Words {
  readonly client: Client | undefined;
  readonly scheme: Forwarded["scheme"];
  readonly host: string | undefined;
}

interface Client {
  readonly address: string | undefined;
  readonly port: string;
  /** How many entries stand to the right of the one that says who the client is. */
  readonly hops: number;
}

function fromXForwarded(fields: Fields, { peers, believed }: ForwardedTrust): Words {
  const entries = believed.has("for") ? elementsOf(fields, "x-forwarded-for") : [];
  const client = findClient(entries, peers, "x-forwarded-for");
  const hops = client?.hops ?? 0;
  return {
    client,
    scheme: believed.has("proto") ? schemeOf(fields, hops) : undefined,
    host: believed.has("host") ? said(fields, "x-forwarded-host", hops, hostOf) : undefined,
  };
}

/** Undefined without such a field. */
function fromForwarded(fields: Fields, { peers, believed }: ForwardedTrust): Words | undefined {
  const lines = fields.get("forwarded") ?? [];
  const elements: ForwardedElement[] = [];
  for (const line of lines) elements.push(...read("forwarded", line, parseForwarded));
  if (elements.length === 0) return undefined;
  // An element without "for" says as little of the client as "unknown" does (RFC 7239 §6.2).
  const saysFor = believed.has("for") && elements.some((element) => element.has("for"));
  const entries = saysFor ? elements.map((element) => element.get("for") ?? "unknown") : [];
  const client = findClient(entries, peers, "forwarded");
  const chosen = elements.at(-1 - (client?.hops ?? 0));
  const proto = believed.has("proto") ? chosen?.get("proto") : undefined;
  const host = believed.has("host") ? chosen?.get("host") : undefined;
  return {
    client,
    scheme: proto === undefined ? undefined : read("forwarded", proto, protoOf),
    host: host === undefined ? undefined : read("forwarded", host, hostOf),
  };
}

/** A proxy that sets one kind and passes its client's other kind on shows here. */
function agreed(one: Words, other: Words): Words {
  const isSilent = one.client === undefined && one.scheme === undefined && one.host === undefined;
  if (isSilent) return other;
  const agree =
    (one.client === undefined) === (other.client === undefined) &&
    one.client?.address === other.client?.address &&
    one.scheme === other.scheme &&
    one.host?.toLowerCase() === other.host?.toLowerCase();
  if (!agree) throw malformed("forwarded");
  return one;
}

/**
 * From the right: whoever stands there was seen by the peer. Each trusted address is one more proxy,
 * and the first other one is the client, since what stands to the left of it is only its word.
 */
function findClient(
  entries: readonly string[],
  peers: TrustedPeers,
  field: string,
): Client | undefined {
  if (entries.length === 0) return undefined;
  let known: Omit<Client, "hops"> = { address: undefined, port: "" };
  for (let hops = 0; hops < entries.length; hops += 1) {
    const node = read(field, entries.at(-1 - hops) ?? "", parseNode);
    if (node.address === undefined) return { ...known, hops };
    known = { address: showIpAddress(node.address), port: node.port };
    if (!peers.names(node.address)) return { ...known, hops };
  }
  return { ...known, hops: entries.length - 1 };
}

interface Node {
  /** Undefined for "unknown", for what begins with "_" (RFC 7239 §6.3), and for a name. */
  readonly address: IpAddress | undefined;
  readonly port: string;
}

const NODE =
  /^(?:\[([0-9A-Fa-f]*:[0-9A-Fa-f:.]+)\]|([0-9A-Za-z._-]+))(?::(?:([0-9]{1,5})|_[0-9A-Za-z._-]+))?$/;

/** RFC 7239 §6, and an IPv6 address without its brackets, as X-Forwarded-For has it. */
function parseNode(text: string): Node | undefined {
  const bare = parseIpAddress(text);
  if (bare !== undefined) return { address: bare, port: "" };
  const [, ipv6, name = "", port = ""] = NODE.exec(text) ?? [];
  if (Number(port) > 65_535) return undefined;
  const address = parseIpAddress(ipv6 ?? name);
  if (address !== undefined) return { address, port };
  // What has digits and dots alone is half an address, no name.
  return ipv6 !== undefined || /^[0-9.]*$/.test(name) ? undefined : { address, port };
}

type Scheme = Forwarded["scheme"];

const PROTO: readonly (readonly [string, Scheme])[] = [
  ["http", "http"],
  ["https", "https"],
  ["ws", "http"],
  ["wss", "https"],
];

/** The fields that say the scheme, with their values; the later ones are gunicorn's. */
const SCHEME_FIELDS: readonly (readonly [string, ReadonlyMap<string, Scheme>])[] = [
  ["x-forwarded-proto", new Map(PROTO)],
  [
    "x-forwarded-ssl",
    new Map([
      ["on", "https"],
      ["off", "http"],
    ]),
  ],
  ["x-forwarded-protocol", new Map([...PROTO, ["ssl", "https"]])],
];

function protoOf(text: string): Scheme {
  return PROTO.find(([name]) => name === text.toLowerCase())?.[1];
}

function schemeOf(fields: Fields, hops: number): Scheme {
  let scheme: Scheme;
  for (const [field, values] of SCHEME_FIELDS) {
    const next = said(fields, field, hops, (text) => values.get(text.toLowerCase()));
    if (next !== undefined && scheme !== undefined && next !== scheme) throw malformed(field);
    scheme ??= next;
  }
  return scheme;
}

function hostOf(text: string): string | undefined {
  const port = portIn(text);
  return HOST.test(text) && (port === "" || portOf(port) !== undefined) ? text : undefined;
}

/** The digits behind a host's colon, if there are any. */
export function portIn(host: string): string {
  return /:([0-9]+)$/.exec(host)?.[1] ?? "";
}

function portOf(text: string): string | undefined {
  const isPort = /^[1-9][0-9]{0,4}$/.test(text) && Number(text) <= 65_535;
  return isPort ? text : undefined;
}

/** A path, as in a request-target. */
const PREFIX = /^\/[!"$->@-~]*$/;

function prefixOf(text: string): string | undefined {
  const prefix = decodePath(text);
  // An application's link that begins with two slashes leads to another host.
  if (!PREFIX.test(text) || /^\/[/\\]/.test(prefix)) return undefined;
  return prefix.endsWith("/") ? prefix.slice(0, -1) : prefix;
}

/** A list's entry at so many hops from the right, else its first one, read; undefined without one. */
function said<Value>(
  fields: Fields,
  field: string,
  hops: number,
  parse: (text: string) => Value | undefined,
): Value | undefined {
  const entries = elementsOf(fields, field);
  const entry = entries[Math.max(0, entries.length - 1 - hops)];
  return entry === undefined ? undefined : read(field, entry, parse);
}

function read<Value>(
  field: string,
  text: string,
  parse: (text: string) => Value | undefined,
): Value {
  const value = parse(text);
  if (value === undefined) throw malformed(field);
  return value;
}

/** RFC 9110 §5.6.1: the elements of a comma list, empty ones left out. */
function elementsOf(fields: Fields, field: string): string[] {
  const values = fields.get(field);
  if (values === undefined) return [];
  const [value = ""] = values;
  // What nearly every proxy sends: one entry.
  if (values.length === 1 && !value.includes(",")) return value === "" ? [] : [value];
  return values
    .join(",")
    .split(",")
    .map((element) => trimOws(element))
    .filter((element) => element !== "");
}

function malformed(field: string): RemoteProtocolError {
  return new RemoteProtocolError("forwarded-fields", field);
}
