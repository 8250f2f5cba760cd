/** Where to listen, as `--bind` says it in gunicorn's notation. */
import { quoted } from "../log/escapes.ts";
import type { Address, Binding, OpenSocket } from "../server/addresses.ts";
import { SettingError } from "./errors.ts";

export const DEFAULT_PORT = 8000;

/** What `:PORT` means: every IPv4 interface. */
const ALL_INTERFACES = "0.0.0.0";

// sockaddr_un's sun_path has 108 bytes on Linux, the last of them NUL.
const MAX_UNIX_PATH_BYTES = 107;

/**
 * Reads an address, or `fd://N` for a socket that is open as that descriptor.
 * @throws {SettingError} naming `origin`, which is the flag.
 */
export function parseBinding(text: string, origin = "--bind"): Binding {
  return text.startsWith("fd://") ? openSocket(text, origin) : parseBindAddress(text, origin);
}

/**
 * Reads `HOST:PORT`, `HOST`, `:PORT`, `[IPV6]:PORT`, `tcp://` before any of them, or `unix:PATH`.
 * @throws {SettingError} naming `origin`, which is the flag.
 */
export function parseBindAddress(text: string, origin = "--bind"): Address {
  if (text.startsWith("unix:")) return unixAddress(text, origin);
  const plain = text.startsWith("tcp://") ? text.slice("tcp://".length) : text;
  const problem = problemOf(plain);
  if (problem !== undefined) throw new SettingError(origin, `${quoted(text)} ${problem}`);
  const [, ipv6, name = "", port] = /^(?:\[([^\]]*)\]|([^:]*))(?::(.*))?$/.exec(plain) ?? [];
  return {
    kind: "tcp",
    host: (ipv6 ?? name).toLowerCase() || ALL_INTERFACES,
    port: port === undefined ? DEFAULT_PORT : parsePort(port, origin),
  };
}

/** @throws {SettingError} naming `origin`. */
export function parsePort(text: string, origin: string): number {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65_535) {
    throw new SettingError(origin, `${quoted(text)} is not a port, which is a number up to 65535`);
  }
  return port;
}

/** The address as `--bind` takes it. */
export function bindText(address: Binding): string {
  if (address.kind === "descriptor") return `fd://${address.descriptor}`;
  if (address.kind === "unix") return `unix:${address.path}`;
  const host = address.host.includes(":") ? `[${address.host}]` : address.host;
  return `${host}:${address.port}`;
}

function unixAddress(text: string, origin: string): Address {
  const path = text.replace(/^unix:(\/\/)?/, "");
  if (path === "") throw new SettingError(origin, `${quoted(text)} has no path; write unix:PATH`);
  const bytes = Buffer.byteLength(path);
  if (bytes > MAX_UNIX_PATH_BYTES) {
    throw new SettingError(
      origin,
      `${quoted(text)}: the path has ${bytes} bytes; a socket's has at most ${MAX_UNIX_PATH_BYTES}`,
    );
  }
  return { kind: "unix", path };
}

/** 0, 1 and 2 are what the process reads and writes; inetd passes its socket there, once for each connection. */
function openSocket(text: string, origin: string): OpenSocket {
  const number = /^fd:\/\/(\d{1,9})$/.exec(text)?.[1];
  if (number !== undefined && Number(number) > 2) {
    return { kind: "descriptor", descriptor: Number(number) };
  }
  throw new SettingError(origin, `${quoted(text)} is not fd://N with an N of at least 3`);
}

/** What people write that looks like an address, each with what they meant. */
function problemOf(text: string): string | undefined {
  if (text === "") return `is empty; write HOST:PORT, such as 127.0.0.1:${DEFAULT_PORT}`;
  if (/^\d+$/.test(text)) return `is a port without a host; write 127.0.0.1:${text} or :${text}`;
  if (/^[a-z]+:\/\//i.test(text)) return "is a URL; write HOST:PORT or unix:PATH";
  if (/[\s/]/.test(text)) return "is not HOST:PORT; for a socket file write unix:PATH";
  if (!text.startsWith("[")) {
    const isBareIpv6 = text.split(":").length > 2;
    return isBareIpv6 ? `is an IPv6 address without brackets; write [ADDRESS]:PORT` : undefined;
  }
  return /^\[[^\]]+\](:|$)/.test(text) ? undefined : "is not [IPV6]:PORT";
}
