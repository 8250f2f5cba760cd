/**
 * The PROXY protocol, versions 1 and 2 (haproxy.org, proxy-protocol.txt): what a balancer says of
 * the connection that it passes on, before the first byte of it.
 */
import { RemoteProtocolError } from "./errors.ts";
import { parseIpAddress, showIpAddress } from "./ip-address.ts";
import type { ReceiveBuffer } from "./receive-buffer.ts";

/** `v1` and `v2` demand a header of that version; `auto` takes either, or none. */
export type ProxyMode = "off" | "v1" | "v2" | "auto";

/** The connection that the balancer accepted. */
export interface ProxiedConnection {
  /** Undefined where it has no IP addresses, or the balancer does not know them. */
  readonly endpoints: ProxiedEndpoints | undefined;
  /** Whether the balancer's client spoke TLS; only version 2 says. */
  readonly isTls: boolean;
}

export interface ProxiedEndpoints {
  readonly source: string;
  readonly sourcePort: number;
  readonly destination: string;
  readonly destinationPort: number;
}

/** `local`: the balancer speaks for itself, as in a health check; `none`: there is no header. */
export type ProxyHeader = ProxiedConnection | "local" | "none";

/** §2.1: what the longest line has, its CRLF included. */
const MAX_LINE_BYTES = 107;

/** What may follow the fixed part of a version 2 header: addresses have 216 bytes at most. */
const MAX_V2_BYTES = 4096;

const V1_START = "PROXY ";
const V2_SIGNATURE = "\r\n\r\n\0\r\nQUIT\n";
const V2_FIXED_BYTES = 16;

const UNKNOWN_ENDPOINTS: ProxiedConnection = { endpoints: undefined, isTls: false };

/**
 * Takes one header out of the buffer, and not a byte behind it; undefined when more bytes are needed.
 * @throws {RemoteProtocolError} there is none where one is demanded, or it is not valid
 */
export function readProxyHeader(
  buffer: ReceiveBuffer,
  mode: Exclude<ProxyMode, "off">,
): ProxyHeader | undefined {
  if (buffer.length === 0) return undefined;
  const start = buffer.peekText(0, V2_SIGNATURE.length);
  if (mode !== "v2" && begins(start, V1_START)) {
    return start.length < V1_START.length ? undefined : readV1(buffer);
  }
  if (mode !== "v1" && begins(start, V2_SIGNATURE)) {
    return start.length < V2_SIGNATURE.length ? undefined : readV2(buffer);
  }
  if (mode !== "auto") throw new RemoteProtocolError("no-proxy-line");
  return "none";
}

/** Whether what has come of a beginning is no other one. */
function begins(text: string, wanted: string): boolean {
  return text.startsWith(wanted.slice(0, text.length));
}

const V1_LINE =
  /^PROXY TCP([46]) ([0-9A-Fa-f:.]+) ([0-9A-Fa-f:.]+) (0|[1-9][0-9]{0,4}) (0|[1-9][0-9]{0,4})$/;
const V1_UNKNOWN = /^PROXY UNKNOWN(?: |$)/;

function readV1(buffer: ReceiveBuffer): ProxiedConnection | undefined {
  const text = buffer.peekText(0, MAX_LINE_BYTES);
  const end = text.search(/[\r\n]/);
  const isCut = end === -1 || (text[end] === "\r" && end + 1 === text.length);
  if (isCut && text.length < MAX_LINE_BYTES) return undefined;
  if (isCut || !text.startsWith("\r\n", end)) throw badHeader();
  const line = text.slice(0, end);
  const proxied = V1_UNKNOWN.test(line) ? UNKNOWN_ENDPOINTS : parseV1(line);
  buffer.skip(end + 2);
  return proxied;
}

function parseV1(line: string): ProxiedConnection {
  const [, family, source = "", destination = "", sourcePort, destinationPort] =
    V1_LINE.exec(line) ?? [];
  if (family === undefined) throw badHeader();
  const endpoints = {
    source: addressOf(source, family),
    sourcePort: Number(sourcePort),
    destination: addressOf(destination, family),
    destinationPort: Number(destinationPort),
  };
  if (Math.max(endpoints.sourcePort, endpoints.destinationPort) > 65_535) throw badHeader();
  return { endpoints, isTls: false };
}

function addressOf(text: string, family: string): string {
  const address = parseIpAddress(text);
  if (address === undefined || text.includes(":") !== (family === "6")) throw badHeader();
  return showIpAddress(address);
}

/** The families of §2.2 by their number: the bytes that two addresses and two ports have. */
const V2_ADDRESS_BYTES: readonly number[] = [0, 12, 36, 216];

function readV2(buffer: ReceiveBuffer): ProxyHeader | undefined {
  if (buffer.length < V2_FIXED_BYTES) return undefined;
  const fixed = Buffer.from(buffer.peekText(0, V2_FIXED_BYTES), "latin1");
  const versionAndCommand = fixed.readUInt8(12);
  const length = fixed.readUInt16BE(14);
  const isLocal = versionAndCommand === 0x20;
  if (!(isLocal || versionAndCommand === 0x21) || length > MAX_V2_BYTES) throw badHeader();
  if (buffer.length < V2_FIXED_BYTES + length) return undefined;
  buffer.skip(V2_FIXED_BYTES);
  const block = buffer.takeBytes(length);
  return isLocal ? "local" : parseV2(fixed.readUInt8(13), block);
}

function parseV2(familyAndProtocol: number, block: Buffer): ProxiedConnection {
  const family = familyAndProtocol >> 4;
  const protocol = familyAndProtocol & 0xf;
  const addressBytes = V2_ADDRESS_BYTES[family];
  if (addressBytes === undefined || protocol > 2) throw badHeader();
  // AF_UNSPEC has no known length, so what follows it cannot be found; §2.2 says to ignore it.
  if (family === 0 || protocol === 0) return UNKNOWN_ENDPOINTS;
  if (block.length < addressBytes) throw badHeader();
  return {
    endpoints: addressBytes === 216 ? undefined : endpointsOf(block, (addressBytes - 4) / 2),
    isTls: saysTls(block.subarray(addressBytes)),
  };
}

function endpointsOf(block: Buffer, size: number): ProxiedEndpoints {
  const ports = 2 * size;
  return {
    source: shown(block.subarray(0, size)),
    sourcePort: block.readUInt16BE(ports),
    destination: shown(block.subarray(size, ports)),
    destinationPort: block.readUInt16BE(ports + 2),
  };
}

function shown(bytes: Buffer): string {
  if (bytes.length === 4) return bytes.join(".");
  return showIpAddress(Array.from({ length: 8 }, (_, index) => bytes.readUInt16BE(2 * index)));
}

const TYPE_SSL = 0x20;
const CLIENT_SSL = 0x01;
/** The flags of the client and the outcome of its verification. */
const MIN_SSL_BYTES = 5;

/**
 * §2.2.6. All other vectors are passed over, also the checksum of §2.2.3: TCP has one, and what
 * counts is who sends the header.
 */
function saysTls(vectors: Buffer): boolean {
  let isTls = false;
  for (let at = 0; at < vectors.length; ) {
    if (at + 3 > vectors.length) throw badHeader();
    const value = at + 3;
    const end = value + vectors.readUInt16BE(at + 1);
    if (end > vectors.length) throw badHeader();
    if (vectors.readUInt8(at) === TYPE_SSL) {
      if (end - value < MIN_SSL_BYTES) throw badHeader();
      isTls = (vectors.readUInt8(value) & CLIENT_SSL) !== 0;
    }
    at = end;
  }
  return isTls;
}

function badHeader(): RemoteProtocolError {
  return new RemoteProtocolError("bad-proxy-line");
}
