/** Where a server listens. */
import type { AddressInfo } from "node:net";
import type { ListenerTls } from "./tls-options.ts";

export type Address = (
  | {
      readonly kind: "tcp";
      readonly host: string;
      readonly port: number;
    }
  | {
      readonly kind: "unix";
      readonly path: string;
      /** The rights that the socket's file does not give; it gives all if there is none. */
      readonly umask?: number;
    }
) & {
  /** Whether it speaks TLS. */
  readonly isTls?: true;
};

/** A socket that whoever started this process has made; with its address, if that is known. */
export interface OpenSocket {
  readonly kind: "descriptor";
  readonly descriptor: number;
  readonly address?: Address;
}

/** What a server can be told to listen on. */
export type Binding = (Address | OpenSocket) & {
  /** Whoever connects there is to speak TLS. */
  readonly tls?: ListenerTls;
};

/** As they are where there is none. */
export function withTls(
  bindings: readonly Binding[],
  tls: ListenerTls | undefined,
): readonly Binding[] {
  return tls === undefined ? bindings : bindings.map((binding) => ({ ...binding, tls }));
}

/** `http://127.0.0.1:8000`, `https://[::1]:8000`, `unix:/run/app.sock`, the same with ` (TLS)`, or `fd://3`. */
export function urlOf(address: Binding): string {
  if (address.kind === "descriptor") return `fd://${address.descriptor}`;
  const isTls = address.tls !== undefined || address.isTls === true;
  if (address.kind === "unix") return `unix:${address.path}${isTls ? " (TLS)" : ""}`;
  const host = address.host.includes(":") ? `[${address.host}]` : address.host;
  return `${isTls ? "https" : "http"}://${host}:${address.port}`;
}

/** What a socket says of itself, with the port it got where 0 was asked for. */
export function addressFrom(info: AddressInfo | string | null): Address {
  if (info === null) throw new TypeError("the socket does not listen");
  if (typeof info === "string") return { kind: "unix", path: info };
  return { kind: "tcp", host: info.address, port: info.port };
}
