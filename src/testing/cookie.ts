/** A cookie, and where it goes (RFC 6265bis, draft 22). Pure. */

export interface Cookie {
  readonly name: string;
  readonly value: string;
  /** In lower case, without a dot before it. */
  readonly domain: string;
  /** Whether no other host gets it, be it below `domain`. */
  readonly hostOnly: boolean;
  readonly path: string;
  /** In milliseconds since 1970; undefined: it is kept as long as the jar is. */
  readonly expires: number | undefined;
  readonly secure: boolean;
  readonly httpOnly: boolean;
  readonly sameSite: "Strict" | "Lax" | "None" | undefined;
}

/** Where a request goes. */
export interface CookieUrl {
  readonly scheme: "http" | "https";
  /** In lower case, without a port. */
  readonly hostname: string;
  /** Begins with a slash, percent-encoded. */
  readonly path: string;
}

/** RFC 6265bis §5.1.3. */
export function domainMatches(hostname: string, domain: string): boolean {
  const isAddress = /^[\d.]+$/.test(hostname) || hostname.startsWith("[");
  return hostname === domain || (!isAddress && hostname.endsWith(`.${domain}`));
}

/** RFC 6265bis §5.1.4. */
export function pathMatches(path: string, cookiePath: string): boolean {
  if (!path.startsWith(cookiePath)) return false;
  return (
    path.length === cookiePath.length ||
    cookiePath.endsWith("/") ||
    path.charAt(cookiePath.length) === "/"
  );
}

/**
 * Whether cookies that are `Secure` go there: over TLS, or to this machine, which browsers take for
 * as good (W3C Secure Contexts §3.1).
 */
export function isTrustworthy({ scheme, hostname }: CookieUrl): boolean {
  return scheme === "https" || /^(?:(?:.*\.)?localhost|127\.[\d.]+|\[::1\])$/.test(hostname);
}
