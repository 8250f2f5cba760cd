/**
 * The URL of a request, percent-encoded again: an environ has its path decoded, and split where the
 * application is mounted.
 */

import { ABSOLUTE_FORM } from "../http/abnf.ts";
import { decodePath } from "../wsgi/native-string.ts";
import type { Environ } from "../wsgi/types.ts";

export interface Target {
  /** Of the mount: empty at the root, otherwise without a slash at its end. */
  readonly base: string;
  /** Below the mount; empty where the mount itself was asked for. */
  readonly path: string;
  /** With its `?`, or empty. */
  readonly query: string;
}

/** As the client sent it, as far as nobody has changed PATH_INFO since. */
export function targetOf(environ: Environ): Target {
  const { SCRIPT_NAME: base, PATH_INFO: path, QUERY_STRING: query } = environ;
  return {
    base: encodePath(base),
    path: rooted(sentPath(environ) ?? encodePath(path)),
    // What follows nothing, a URL may do without; it is kept where the client has sent it.
    query: query === "" && environ.REQUEST_URI?.endsWith("?") !== true ? "" : `?${query}`,
  };
}

/** PEP 3333, "URL Reconstruction": `http://example.com:8000`. */
export function originOf(environ: Environ): string {
  const { HTTP_HOST: host, SERVER_NAME: name, SERVER_PORT: port } = environ;
  const scheme = environ["wsgi.url_scheme"];
  const isUsual = port === (scheme === "https" ? "443" : "80");
  return `${scheme}://${host ?? (isUsual ? name : `${name}:${port}`)}`;
}

/** A request-target's path and query, without a scheme and an authority. */
export function splitTarget(target: string): Pick<Target, "path" | "query"> {
  const local = localPart(target);
  const end = local.indexOf("?");
  if (end < 0) return { path: local, query: "" };
  return { path: local.slice(0, end), query: local.slice(end) };
}

function localPart(target: string): string {
  if (target.startsWith("/")) return target;
  const rest = ABSOLUTE_FORM.exec(target)?.[3];
  // RFC 9110 §4.2.3: no path is that of the root. Of what is no URL at all, `*`, there is none.
  return rest === undefined || rest.startsWith("/") ? (rest ?? "") : `/${rest}`;
}

/**
 * Begins with a slash where a client has escaped the one at which it was split: behind an origin anything
 * else would be more of the host, `http://localhost%2F@example.com`.
 */
function rooted(path: string): string {
  if (path === "" || path.startsWith("/")) return path;
  return `/${path.replace(/^%2f/i, "")}`;
}

/** The end of the request-target's path that PATH_INFO was decoded from; undefined if it has none. */
function sentPath({ REQUEST_URI: target, PATH_INFO: path }: Environ): string | undefined {
  if (target === undefined) return undefined;
  const sent = splitTarget(target).path;
  if (!sent.includes("%")) return sent.endsWith(path) ? escaped(path, UNSAFE) : undefined;
  const decoded = decodePath(sent);
  if (!decoded.endsWith(path)) return undefined;
  let at = 0;
  for (let left = decoded.length - path.length; left > 0; left -= 1) {
    at += ESCAPE_HERE.test(sent.slice(at, at + 3)) ? 3 : 1;
  }
  return escaped(sent.slice(at), UNSAFE);
}

const ESCAPE_HERE = /^%[0-9A-Fa-f]{2}$/;

/** All but pchar and the slash (RFC 3986 §3.3). */
const NOT_IN_PATH = /[^A-Za-z0-9\-._~!$&'()*+,;=:@/]/g;

/** The same where escapes stand already, and what a client took for one. */
const UNSAFE = /[^A-Za-z0-9\-._~!$&'()*+,;=:@/%]/g;

function encodePath(decoded: string): string {
  return escaped(decoded, NOT_IN_PATH);
}

/** What a URL parser would take for something else, such as a backslash, is escaped. */
function escaped(path: string, unsafe: RegExp): string {
  return path.replace(unsafe, (character) => {
    const digits = character.charCodeAt(0).toString(16).toUpperCase();
    return `%${digits.padStart(2, "0")}`;
  });
}
