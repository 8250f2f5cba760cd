/**
 * Answers no request that asks this machine by another's name: a page of any site can have its own name
 * lead to 127.0.0.1, and would read what is served there as its own ("DNS rebinding").
 */
import { parseIpAddress } from "../http/ip-address.ts";
import { HttpError } from "../messages/http-error.ts";
import { toApplication } from "../messages/to-application.ts";
import type { Middleware } from "../wsgi/types.ts";

/** RFC 6761 §6.3: these lead to this machine alone. */
const LOCALHOST = /^(?:.+\.)?localhost\.?$/;
const LOOPBACK = /^(?:127\.|::1$)/;

// RFC 9110 §15.5.20.
const misdirected = toApplication(() => {
  throw new HttpError(
    421,
    "this server answers to addresses, to localhost and to names without a dot",
  );
});

/** Whether what is bound can be reached from this machine alone. */
export function isLoopback(host: string): boolean {
  return LOCALHOST.test(host.toLowerCase()) || LOOPBACK.test(host);
}

/**
 * Takes addresses, localhost, the name that was bound, and names without a dot, which nobody can have in the
 * public DNS; a client that names no host is no browser.
 */
export function ownHosts(bound: string): Middleware {
  const own = bound.toLowerCase();
  return (application) => (environ, startResponse) => {
    const name = hostOf(environ.HTTP_HOST ?? own);
    const isOwn = name === own || !name.includes(".") || LOCALHOST.test(name);
    return (isOwn || parseIpAddress(name) !== undefined ? application : misdirected)(
      environ,
      startResponse,
    );
  };
}

/** Without its port, and an IPv6 address without brackets. */
function hostOf(field: string): string {
  const [, host = field] = /^(.*?)(?::\d*)?$/.exec(field) ?? [];
  const bare = host.startsWith("[") && host.endsWith("]") ? host.slice(1, -1) : host;
  return bare.toLowerCase();
}
