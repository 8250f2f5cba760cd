/** Cookies: what a request brings, and the field that sets one (RFC 6265bis). */
import { imfFixdate } from "../http/date.ts";
import { trimOws } from "../http/fields.ts";
import { decodeUtf8 } from "../wsgi/native-string.ts";

export interface CookieOptions {
  /** Seconds; without it and `expires` the cookie ends with the browser's session. */
  readonly maxAge?: number;
  readonly expires?: Date;
  /** `/` if not given. */
  readonly path?: string;
  /** Without it the cookie is this host's alone, which is safer. */
  readonly domain?: string;
  /** Whether it goes over https alone; if not given, whether the request that is answered came so. */
  readonly secure?: boolean;
  /** Whether scripts may not read it; `true` if not given. */
  readonly httpOnly?: boolean;
  /** `lax` if not given; `none` needs `secure`. */
  readonly sameSite?: "strict" | "lax" | "none";
  /** Kept apart for each site that embeds this one (CHIPS); needs `secure`. */
  readonly partitioned?: boolean;
}

/** A cookie that browsers would drop or misread; the message names it, and the remedy. */
export class CookieError extends TypeError {
  override readonly name: string = "CookieError";
}

/** RFC 6265bis §5.6: browsers ignore a cookie whose name and value are longer together, in bytes. */
export const MAX_COOKIE_BYTES = 4096;

// RFC 6265bis §4.1.1: cookie-name = token; cookie-value = *cookie-octet
const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const VALUE = /^[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*$/;
// av-octets without what would end the attribute.
const ATTRIBUTE = /^[\x20-\x3a\x3c-\x7e]*$/;
const DOMAIN = /^\.?[0-9A-Za-z](?:[0-9A-Za-z.-]*[0-9A-Za-z])?$/;

const SAME_SITE = { strict: "Strict", lax: "Lax", none: "None" } as const;

/**
 * The value of the `Set-Cookie` field. Where `secure` is not given, and neither the name nor another
 * option demands it, it is `isHttps`.
 * @throws {CookieError} a browser would ignore the cookie, or read another one
 */
export function setCookieField(
  name: string,
  value: string,
  options: CookieOptions,
  isHttps: boolean,
): string {
  mustBeLegal(name, value, options);
  const { maxAge, expires, path = "/", domain, httpOnly = true, sameSite = "lax" } = options;
  const attributes = [`${name}=${value}`];
  if (expires !== undefined) attributes.push(`Expires=${imfFixdate(expires.getTime())}`);
  if (maxAge !== undefined) attributes.push(`Max-Age=${maxAge}`);
  if (domain !== undefined) attributes.push(`Domain=${domain}`);
  attributes.push(`Path=${path}`);
  if (options.secure ?? (isHttps || mustBeSecure(name, options))) attributes.push("Secure");
  if (httpOnly) attributes.push("HttpOnly");
  attributes.push(`SameSite=${SAME_SITE[sameSite]}`);
  if (options.partitioned === true) attributes.push("Partitioned");
  return attributes.join("; ");
}

/** Whether a cookie's field depends on the scheme of the request that it answers. */
export function dependsOnScheme(name: string, options: CookieOptions): boolean {
  return options.secure === undefined && !mustBeSecure(name, options);
}

function mustBeSecure(name: string, { sameSite, partitioned }: CookieOptions): boolean {
  // RFC 6265bis §5.6: prefixes are compared without regard to case.
  return sameSite === "none" || partitioned === true || /^__(?:host|secure)-/i.test(name);
}

function mustBeLegal(name: string, value: string, options: CookieOptions): void {
  const { maxAge, expires, path = "/", domain } = options;
  const refuse = (why: string): never => {
    throw new CookieError(`the cookie ${JSON.stringify(name)} ${why}`);
  };
  if (!NAME.test(name)) refuse("has a character in its name that no token may have");
  if (!VALUE.test(value)) refuse("has a character in its value that needs encodeURIComponent");
  if (name.length + value.length > MAX_COOKIE_BYTES) {
    refuse(`has ${name.length + value.length} bytes, and browsers drop more than 4096`);
  }
  if (maxAge !== undefined && !Number.isSafeInteger(maxAge)) {
    refuse(`has the maxAge ${maxAge}, not a whole number of seconds`);
  }
  if (expires !== undefined && Number.isNaN(expires.getTime())) refuse("expires at no date");
  if (!path.startsWith("/") || !ATTRIBUTE.test(path)) {
    refuse(`has the path ${JSON.stringify(path)}, which is none`);
  }
  if (domain !== undefined && !DOMAIN.test(domain)) {
    refuse(`has the domain ${JSON.stringify(domain)}, which is none`);
  }
  if (options.secure === false && mustBeSecure(name, options)) {
    refuse("must be secure: its name, sameSite none or partitioned demands it");
  }
  if (/^__host-/i.test(name) && (domain !== undefined || path !== "/")) {
    refuse("may have no domain and no path but / (its name begins with __Host-)");
  }
}

const NO_COOKIES: ReadonlyMap<string, string> = new Map();

/**
 * The cookies of a request's `Cookie` field, a native string, as UTF-8. Of two with one name the first
 * counts: browsers send the one with the longest path first (RFC 6265bis §5.8.3). Space and tab alone are
 * white: a byte 0xA0 is half a letter, and before a name a way around what `__Host-` promises.
 */
export function parseCookies(field: string | undefined): ReadonlyMap<string, string> {
  if (field === undefined) return NO_COOKIES;
  const cookies = new Map<string, string>();
  for (const pair of field.split(";")) {
    const equals = pair.indexOf("=");
    // RFC 6265bis §5.7: without "=", what stands there is the value of a cookie without a name.
    if (equals < 0) continue;
    const name = trimOws(pair, 0, equals);
    if (name === "" || cookies.has(name)) continue;
    cookies.set(name, cookieValue(trimOws(pair, equals + 1)));
  }
  return cookies;
}

/** Python's http.cookies and Werkzeug put what is no cookie-octet into quotes, as `\054` or `\"`. */
const ESCAPED = /\\(?:([0-3][0-7]{2})|(.))/g;

function cookieValue(text: string): string {
  const isQuoted = text.length >= 2 && text.startsWith('"') && text.endsWith('"');
  const native = isQuoted
    ? text
        .slice(1, -1)
        .replace(ESCAPED, (_, octal: string | undefined, character: string | undefined) =>
          octal === undefined ? (character ?? "") : String.fromCharCode(Number.parseInt(octal, 8)),
        )
    : text;
  return decodeUtf8(native);
}
