/** The environ of a `Request`. */

import { earlyHintsHead } from "../gateway/early-hints.ts";
import type { EarlyHints, Environ } from "../wsgi/types.ts";
import type { FetchInput } from "./fetch-input.ts";
import { Fields, makeForeignEnviron } from "./foreign-environ.ts";

/**
 * A `Request` tells of no connection: SERVER_NAME and SERVER_PORT are those of its URL, and REMOTE_ADDR is
 * empty.
 */
export function fetchEnviron(request: Request, input: FetchInput, closed: AbortSignal): Environ {
  const { scheme, authority, target, path } = splitUrl(request.url);
  const fields = new Fields();
  let host = authority;
  for (const [name, value] of request.headers) {
    if (name === "host") host = value;
    fields.add(name, value);
  }
  const { name, port } = splitAuthority(authority);
  return makeForeignEnviron(
    {
      method: request.method,
      target,
      mounted: { base: "", path },
      version: "HTTP/1.1",
      host,
      fields,
      hasUnknownLength: input.hasBody && request.headers.get("content-length") === null,
    },
    {
      serverName: name,
      serverPort: port ?? (scheme === "https" ? "443" : "80"),
      remoteAddress: "",
      remotePort: "",
      scheme,
      closed,
      earlyHints: () => checkedAndDropped,
    },
    input.stream,
  );
}

/** A fetch handler has no way to send them. */
const checkedAndDropped: EarlyHints = (headers) => {
  earlyHintsHead(headers);
};

interface UrlParts {
  readonly scheme: "http" | "https";
  readonly authority: string;
  /** Path and query. */
  readonly target: string;
  readonly path: string;
}

/** A `Request`'s URL is serialised already: an authority, a path, and no userinfo. */
function splitUrl(url: string): UrlParts {
  const start = url.indexOf("://") + 3;
  const slash = url.indexOf("/", start);
  const hash = url.indexOf("#", slash);
  const target = url.slice(slash, hash < 0 ? url.length : hash);
  const query = target.indexOf("?");
  return {
    scheme: url.startsWith("https:") ? "https" : "http",
    authority: url.slice(start, slash),
    target,
    path: query < 0 ? target : target.slice(0, query),
  };
}

/** RFC 3986 §3.2; an IPv6 address keeps its brackets. */
function splitAuthority(authority: string): { name: string; port: string | undefined } {
  const colon = authority.lastIndexOf(":");
  if (colon <= authority.lastIndexOf("]")) return { name: authority, port: undefined };
  return { name: authority.slice(0, colon), port: authority.slice(colon + 1) };
}
