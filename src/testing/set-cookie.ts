/** From a `Set-Cookie` field to a cookie, or to nothing where a browser ignores it (RFC 6265bis, draft 22). */
import { trimOws } from "../http/fields.ts";
import { type Cookie, type CookieUrl, domainMatches, isTrustworthy } from "./cookie.ts";

/** RFC 6265bis §5.6 and §5.7, in bytes: of name and value together, and of an attribute's value. */
const MAX_PAIR_BYTES = 4096;
const MAX_ATTRIBUTE_BYTES = 1024;

type Attributes = ReadonlyMap<string, string>;

/** RFC 6265bis §5.6 and §5.7; there is no list of public suffixes. */
export function readSetCookie(field: string, url: CookieUrl): Cookie | undefined {
  // §5.6 step 1.
  if (/[\x00-\x08\x0a-\x1f\x7f]/.test(field)) return undefined;
  const [pair = "", ...rest] = field.split(";");
  const { name, value } = nameAndValue(pair);
  const size = Buffer.byteLength(name) + Buffer.byteLength(value);
  if (size === 0 || size > MAX_PAIR_BYTES) return undefined;
  const attributes = attributesIn(rest);
  const domain = (attributes.get("domain") ?? "").replace(/^\./, "").toLowerCase();
  if (domain !== "" && !domainMatches(url.hostname, domain)) return undefined;
  const cookie: Cookie = {
    name,
    value,
    domain: domain === "" ? url.hostname : domain,
    hostOnly: domain === "",
    path: pathIn(attributes) ?? defaultPath(url.path),
    expires: expiryIn(attributes),
    secure: attributes.has("secure"),
    httpOnly: attributes.has("httponly"),
    sameSite: sameSiteIn(attributes),
  };
  return isAllowed(cookie, attributes, url) ? cookie : undefined;
}

/** Without an equals sign all of it is the value of a cookie without a name. */
function nameAndValue(pair: string): { readonly name: string; readonly value: string } {
  const at = pair.indexOf("=");
  return { name: trimOws(pair, 0, Math.max(at, 0)), value: trimOws(pair, at + 1) };
}

/** The last of each counts. */
function attributesIn(parts: readonly string[]): Attributes {
  return new Map(
    parts.flatMap((part): [string, string][] => {
      const at = part.indexOf("=");
      const name = (at < 0 ? part : part.slice(0, at)).trim().toLowerCase();
      const value = at < 0 ? "" : part.slice(at + 1).trim();
      return Buffer.byteLength(value) > MAX_ATTRIBUTE_BYTES ? [] : [[name, value]];
    }),
  );
}

function pathIn(attributes: Attributes): string | undefined {
  const path = attributes.get("path");
  return path?.startsWith("/") === true ? path : undefined;
}

/** RFC 6265bis §5.1.4: the request's path up to its last slash, which does not count itself. */
function defaultPath(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf("/"), 0)) || "/";
}

/** `Max-Age` decides, then `Expires`; what cannot be read is as if it were not there. */
function expiryIn(attributes: Attributes): number | undefined {
  const age = attributes.get("max-age") ?? "";
  if (/^-?\d+$/.test(age)) return Number(age) <= 0 ? 0 : Date.now() + Number(age) * 1000;
  const date = Date.parse(attributes.get("expires") ?? "");
  return Number.isNaN(date) ? undefined : date;
}

const SAME_SITE: Readonly<Record<string, Cookie["sameSite"]>> = {
  strict: "Strict",
  lax: "Lax",
  none: "None",
};

function sameSiteIn(attributes: Attributes): Cookie["sameSite"] {
  const value = (attributes.get("samesite") ?? "").toLowerCase();
  return Object.hasOwn(SAME_SITE, value) ? SAME_SITE[value] : undefined;
}

/** RFC 6265bis §5.7, steps 8 to 21: what a cookie may not be, or may be only over TLS. */
function isAllowed(cookie: Cookie, attributes: Attributes, url: CookieUrl): boolean {
  const { secure, sameSite, hostOnly } = cookie;
  if (secure && !isTrustworthy(url)) return false;
  if (sameSite === "None" && !secure) return false;
  const prefixed = cookie.name === "" ? cookie.value : cookie.name;
  if (/^__secure-/i.test(prefixed)) return secure && cookie.name !== "";
  if (!/^__host-/i.test(prefixed)) return true;
  return secure && hostOnly && attributes.get("path") === "/" && cookie.name !== "";
}
