/** The environ of a request that node:http has parsed. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { earlyHintsHead } from "../gateway/early-hints.ts";
import { ApplicationError } from "../gateway/run-application.ts";
import { inBrackets, unmapped } from "../http/ip-address.ts";
import type { EarlyHints, Environ } from "../wsgi/types.ts";
import { Fields, makeForeignEnviron } from "./foreign-environ.ts";
import type { NodeInput } from "./node-input.ts";
import { splitTarget, type Target } from "./request-target.ts";

/** What Express and Connect add to a request; what others call by these names is no text. */
interface RoutedRequest extends IncomingMessage {
  readonly originalUrl?: unknown;
  readonly baseUrl?: unknown;
  /** Express: what its `trust proxy` believes. */
  readonly protocol?: unknown;
  readonly ip?: unknown;
  readonly host?: unknown;
}

/** One request on its way through a node:http server. */
export interface NodeExchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** The start of the request's `url`, where the application is mounted below it. */
  readonly prefix?: string;
}

export function nodeEnviron(
  exchange: NodeExchange,
  input: NodeInput,
  closed: AbortSignal,
): Environ {
  const { request, response } = exchange;
  const { socket, headers, rawHeaders } = request;
  const routed: RoutedRequest = request;
  const { target, mounted } = mountedTarget(exchange);
  const fields = new Fields();
  for (let at = 0; at < rawHeaders.length; at += 2) {
    fields.add(rawHeaders[at] ?? "", rawHeaders[at + 1] ?? "");
  }
  const isTls = textOr(routed.protocol, isEncrypted(socket) ? "https" : "http") === "https";
  const address = textOr(routed.ip, socket.remoteAddress ?? "");
  return makeForeignEnviron(
    {
      method: request.method ?? "GET",
      target,
      mounted,
      version: request.httpVersion === "1.0" ? "HTTP/1.0" : "HTTP/1.1",
      host: textOr(routed.host, textOr(headers.host ?? headers[":authority"], undefined)),
      fields,
      hasUnknownLength: input.hasUnknownLength,
    },
    {
      // RFC 3875 §4.1.14 and §4.1.15 want a host and a port even where a Unix socket has neither.
      serverName: inBrackets(socket.localAddress ?? "localhost"),
      serverPort: String(socket.localPort ?? 80),
      remoteAddress: unmapped(address),
      // Of a client behind a proxy nobody knows the port.
      remotePort: address === socket.remoteAddress ? String(socket.remotePort ?? "") : "",
      scheme: isTls ? "https" : "http",
      closed,
      earlyHints: () => earlyHintsOf(request, response),
    },
    input.stream,
  );
}

interface MountedTarget {
  readonly target: string;
  readonly mounted: Pick<Target, "base" | "path">;
}

/** What was asked for, split where Express, Connect or the caller has mounted the application. */
function mountedTarget({ request, prefix = "" }: NodeExchange): MountedTarget {
  const { originalUrl, baseUrl }: RoutedRequest = request;
  const url = request.url ?? "/";
  const target = textOr(originalUrl, url);
  const whole = splitTarget(target).path;
  const { path } = splitTarget(url);
  const base = (typeof baseUrl === "string" ? baseUrl : baseBefore(path, whole)) + prefix;
  // Routers give what they have mounted a slash even where nobody has asked for one.
  const isMountItself = base !== "" && whole === base;
  return { target, mounted: { base, path: isMountItself ? "" : path.slice(prefix.length) } };
}

/** Connect says nothing but both URLs. */
function baseBefore(path: string, whole: string): string {
  if (whole.endsWith(path)) return whole.slice(0, whole.length - path.length);
  return path === "/" ? whole : "";
}

/** Sends a 103 as far as node:http does: with a Link that it finds well-formed. */
function earlyHintsOf(request: IncomingMessage, response: ServerResponse): EarlyHints {
  return (headers) => {
    const head = earlyHintsHead(headers);
    if (response.headersSent) {
      throw new ApplicationError("wsgi.early_hints called after the response began");
    }
    // RFC 9110 §15.2: no 1xx response to an HTTP/1.0 client.
    if (response.destroyed || request.httpVersion === "1.0") return;
    const hints: Record<string, string | string[]> = {};
    const links: string[] = [];
    for (const [name, value] of head.headers) {
      if (name.toLowerCase() === "link") links.push(value);
      else hints[name] = value;
    }
    if (links.length === 0) return;
    try {
      response.writeEarlyHints({ ...hints, link: links });
    } catch (error) {
      // A Link that only node:http refuses goes without its hint: the answer itself will say it.
      if (!(error instanceof TypeError)) throw error;
    }
  };
}

function isEncrypted(socket: object): boolean {
  return "encrypted" in socket && socket.encrypted === true;
}

function textOr<Other>(value: unknown, other: Other): string | Other {
  return typeof value === "string" && value !== "" ? value : other;
}
