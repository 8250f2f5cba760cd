/** Where a request stands: the host that it asks, and what of the path has been matched by routers around. */

import { hostOf } from "../messages/request-url.ts";
import { decodeUtf8 } from "../wsgi/native-string.ts";
import type { Environ } from "../wsgi/types.ts";
import { paramsIn } from "./request-params.ts";
import { encodePath, type Values } from "./url-template.ts";

/** A router that has given the request to a mounted application, and where it stood itself. */
interface MountingRouter {
  readonly router: object;
  readonly scriptName: string;
  readonly outer: MountingRouter | undefined;
}

// Of environs; nobody else sets it.
const ROUTERS = "portico.routers";

/** What an application finds in its environ that the router has mounted. */
export function placeBelow(environ: Environ, router: object, params: Values): Partial<Environ> {
  const place: MountingRouter = {
    router,
    scriptName: environ.SCRIPT_NAME,
    outer: mountingRouterOf(environ),
  };
  return { [ROUTERS]: place, ...paramsIn(environ, params) };
}

/** The path of the router itself, percent-encoded, without a slash at its end: one before its first. */
export function rootOf(environ: Environ, router: object): string {
  let place = mountingRouterOf(environ);
  while (place !== undefined && place.router !== router) place = place.outer;
  const path = decodeUtf8(place?.scriptName ?? environ.SCRIPT_NAME).replaceAll(/^\/+|\/+$/g, "");
  return path === "" ? "" : `/${encodePath(path)}`;
}

/** As the client has sent it, but for its case and its port. */
export function hostNameOf(environ: Environ): string {
  return hostOf(environ).toLowerCase().replace(PORT, "");
}

/** Slashes at the beginning of a path are one: two would name a host. */
export function withOneSlash(path: string): string {
  return path === "" || (path[0] === "/" && path[1] !== "/") ? path : path.replace(/^\/*/, "/");
}

/** What stands before the slash behind so many segments. */
export function firstSegments(path: string, count: number): string {
  let end = 0;
  for (let each = 0; each < count; each += 1) {
    const slash = path.indexOf("/", end + 1);
    end = slash < 0 ? path.length : slash;
  }
  return path.slice(0, end);
}

// RFC 3986 §3.2.3; an IPv6 address ends in a bracket.
const PORT = /:\d*$/;

function mountingRouterOf(environ: Environ): MountingRouter | undefined {
  // Only placeBelow() sets it.
  return environ[ROUTERS] as MountingRouter | undefined;
}
