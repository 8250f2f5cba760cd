/** The URL of a `Request`, serialised as the URL Standard has it. */
import { RemoteProtocolError } from "../http/errors.ts";
import type { Environ } from "../wsgi/types.ts";
import { originOf, targetOf } from "./request-target.ts";

/** The origin before: most requests of a server ask for the same one. */
let latest = { given: "", serialised: "" };

/**
 * That of the request below the mount, so that handlers route by it as they always do.
 * @throws {RemoteProtocolError} the host is none
 */
export function fetchUrl(environ: Environ): string {
  const { path, query } = targetOf(environ);
  const local = `${path || "/"}${query}`;
  const origin = serialisedOrigin(originOf(environ));
  const isSerialised = !DOT_SEGMENT.test(path) && PLAIN_QUERY.test(query);
  return isSerialised ? `${origin}${local}` : new URL(`${origin}${local}`).href;
}

/** URL Standard, "double-dot URL path segment": a dot may be escaped. */
const DOT_SEGMENT = /\/(?:\.|%2e)/i;

/** What no URL parser would escape. */
const PLAIN_QUERY = /^[A-Za-z0-9\-._~!$&()*+,;=:@/?%[\]]*$/;

function serialisedOrigin(given: string): string {
  if (latest.given !== given) {
    if (!URL.canParse(given)) throw new RemoteProtocolError("host");
    latest = { given, serialised: new URL(given).origin };
  }
  return latest.serialised;
}
