/** The cookies of one client, kept and sent as RFC 6265bis (draft 22) has browsers do it. */
import {
  type Cookie,
  type CookieUrl,
  domainMatches,
  isTrustworthy,
  pathMatches,
} from "./cookie.ts";
import { readSetCookie } from "./set-cookie.ts";

/** What a cookie has beside its name and value; what is not given is as `Set-Cookie` without it. */
export interface CookieOptions {
  /** The client's host if not given, and no other. */
  readonly domain?: string;
  /** `/` if not given. */
  readonly path?: string;
  readonly expires?: Date;
  readonly secure?: boolean;
}

export class CookieJar implements Iterable<Cookie> {
  readonly #hostname: string;
  /** In the order in which they were first set. */
  readonly #cookies = new Map<string, Cookie>();

  /** `hostname` is what {@link set} takes where it is told no domain. */
  constructor(hostname: string) {
    this.#hostname = hostname;
  }

  /** The value of the first cookie of this name that has not expired. */
  get(name: string): string | undefined {
    for (const cookie of this) if (cookie.name === name) return cookie.value;
    return undefined;
  }

  set(name: string, value: string, options: CookieOptions = {}): void {
    const { domain, path = "/", expires, secure = false } = options;
    this.#put({
      name,
      value,
      domain: (domain ?? this.#hostname).toLowerCase(),
      hostOnly: domain === undefined,
      path,
      expires: expires?.getTime(),
      secure,
      httpOnly: false,
      sameSite: undefined,
    });
  }

  /** Removes all cookies of this name. */
  delete(name: string): void {
    for (const [key, cookie] of this.#cookies) if (cookie.name === name) this.#cookies.delete(key);
  }

  clear(): void {
    this.#cookies.clear();
  }

  /** Those that have not expired. */
  *[Symbol.iterator](): Iterator<Cookie> {
    for (const cookie of this.#cookies.values()) if (!isExpired(cookie)) yield cookie;
  }

  /** Takes one `Set-Cookie` field of an answer (§5.7); what a browser ignores is ignored. */
  receive(field: string, url: CookieUrl): void {
    const cookie = readSetCookie(field, url);
    if (cookie !== undefined) this.#put(cookie);
  }

  /** The `Cookie` field of a request (§5.8.3); undefined where there is nothing to send. */
  headerFor(url: CookieUrl): string | undefined {
    const sent = [...this].filter((cookie) => isFor(cookie, url));
    if (sent.length === 0) return undefined;
    // A stable sort: of equally long paths the one that was set first comes first.
    sent.sort((one, other) => other.path.length - one.path.length);
    return sent.map(({ name, value }) => (name === "" ? value : `${name}=${value}`)).join("; ");
  }

  /** In the place of the one with the same name, domain and path; one that has expired removes that. */
  #put(cookie: Cookie): void {
    const key = JSON.stringify([cookie.name, cookie.domain, cookie.hostOnly, cookie.path]);
    if (isExpired(cookie)) this.#cookies.delete(key);
    else this.#cookies.set(key, cookie);
  }
}

function isExpired({ expires }: Cookie): boolean {
  return expires !== undefined && expires <= Date.now();
}

function isFor(cookie: Cookie, url: CookieUrl): boolean {
  const isHost = cookie.hostOnly
    ? url.hostname === cookie.domain
    : domainMatches(url.hostname, cookie.domain);
  return isHost && pathMatches(url.path, cookie.path) && (!cookie.secure || isTrustworthy(url));
}
