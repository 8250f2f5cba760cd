/** From what a route's URL is made of to the URL: where the router is, the query, and the origin. */
import { hostOf } from "../messages/request-url.ts";
import type { Environ } from "../wsgi/types.ts";
import { UrlError } from "./errors.ts";
import { hostNameOf, rootOf, withOneSlash } from "./request-place.ts";
import type { BuiltUrl, Values } from "./url-template.ts";
import type { UrlOptions } from "./url-types.ts";

/** What is no parameter becomes the query. @throws {UrlError} the URL is to be external, and whose is not known */
export function finishedUrl(
  built: BuiltUrl,
  values: Values,
  router: object,
  options: UrlOptions,
): string {
  const environ = options.request?.environ;
  const root = environ === undefined ? "" : rootOf(environ, router);
  const path = withOneSlash(root + built.path);
  return originOf(built.host, options) + path + queryOf(values, built.used);
}

/** Of the same host: empty, unless it is to be external. */
function originOf(host: string | undefined, { request, external = false }: UrlOptions): string {
  const environ = request?.environ;
  if (typeof external === "string") return withHost(external.replace(/\/+$/, ""), host);
  if (environ === undefined) {
    if (!external) return host === undefined ? "" : `//${host}`;
    throw new UrlError(
      "an external URL needs a request, or an origin: { external: 'https://example.com' }",
    );
  }
  if (!external && (host === undefined || host === hostNameOf(environ))) return "";
  return withHost(`${environ["wsgi.url_scheme"]}://${requestedHost(environ)}`, host);
}

/** Another host, of the same scheme and port. */
function withHost(origin: string, host: string | undefined): string {
  return host === undefined ? origin : origin.replace(HOST, `$<scheme>${host}$<port>`);
}

const HOST = /^(?<scheme>\w+:\/\/).*?(?<port>:\d+)?$/;

/** @throws {UrlError} what the client sent is no host, and would be something else in a URL */
function requestedHost(environ: Environ): string {
  const host = hostOf(environ);
  if (/^(?:[\w.-]+|\[[\da-f:.]+\])$/i.test(hostNameOf(environ))) return host;
  throw new UrlError(`the request asks ${JSON.stringify(host)}, which is no host`);
}

/** As forms are: a list is several fields of one name. */
function queryOf(values: Values, used: ReadonlySet<string>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) {
    if (used.has(name)) continue;
    for (const item of Array.isArray(value) ? value : [value]) {
      if (item !== undefined && item !== null) query.append(name, String(item));
    }
  }
  return query.size === 0 ? "" : `?${query}`;
}
