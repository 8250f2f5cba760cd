/** What a router does: it keeps routes, gives each request to one of them, and makes their URLs. */
import { inspect } from "node:util";
import { answer, responseOfError } from "../messages/answer.ts";
import { HttpError } from "../messages/http-error.ts";
import { HttpRequest } from "../messages/http-request.ts";
import { HttpResponse } from "../messages/http-response.ts";
import { type Result, respond } from "../messages/respond.ts";
import { decodeUtf8 } from "../wsgi/native-string.ts";
import type {
  Application,
  Environ,
  Middleware,
  ResponseBody,
  StartResponse,
} from "../wsgi/types.ts";
import type { ConverterTable } from "./converter.ts";
import { RouteError } from "./errors.ts";
import { finishedUrl } from "./finished-url.ts";
import { HostTrees } from "./host-trees.ts";
import { shifted } from "./mount.ts";
import { NamedRoutes } from "./named-routes.ts";
import { partsOf } from "./path-parts.ts";
import { parsePattern, type Token } from "./path-pattern.ts";
import { paramsIn, pathParams } from "./request-params.ts";
import { firstSegments, hostNameOf, placeBelow, rootOf, withOneSlash } from "./request-place.ts";
import { NO_DEFAULTS, Route, type RouteCall } from "./route.ts";
import type { Match, RouteTree } from "./route-tree.ts";
import type { ErrorHandler, MountOptions, RouteHandler, RouteOptions } from "./router-types.ts";
import { encodePath, type Values } from "./url-template.ts";
import type { UrlOptions } from "./url-types.ts";

/** With types that hold for all routes; those of one are {@link Router}'s. */
type AnyHandler = RouteHandler<Values, Readonly<Record<string, Values>>>;

export interface CoreOptions {
  readonly host: string | undefined;
  readonly converters: ConverterTable;
  readonly strictSlashes: boolean;
  readonly mergeSlashes: boolean;
}

export class RouterCore {
  readonly #options: CoreOptions;
  readonly #trees = new HostTrees<Route>();
  readonly #named = new NamedRoutes();
  readonly #errorHandlers = new Map<number, ErrorHandler>();
  readonly #middleware: Middleware[] = [];
  /** All that it answers, within its middleware: made when first asked, so that each is called once. */
  #application: Application | undefined;

  constructor(options: CoreOptions) {
    this.#options = options;
  }

  readonly handle: Application = (environ, startResponse) => {
    this.#application ??= wrapped(this.#middleware, this.#dispatch);
    return this.#application(environ, startResponse);
  };

  readonly urlFor = (name: string, values: Values = {}, options: UrlOptions = {}): string =>
    finishedUrl(this.#named.build(name, values), values, this, options);

  /** `methods`: undefined for all. @throws {RouteError} the pattern cannot be */
  addRoute(
    methods: readonly string[] | undefined,
    pattern: string,
    handler: AnyHandler,
    options: RouteOptions,
  ): void {
    const { middleware = [], mergeSlashes = this.#options.mergeSlashes } = options;
    const path = this.#parsePath(mergeSlashes ? merged(pattern) : pattern);
    const call = this.#within(middleware, this.#callOf(handler));
    const route = this.#routeOf(pattern, path, call, { ...options, methods });
    this.#treeOf(options).add(partsOf(path), route);
    if (route.name !== undefined) this.#named.add(route.name, route);
  }

  /** @throws {RouteError} the pattern cannot be, or something is mounted there */
  mount(pattern: string, application: Application, options: MountOptions): void {
    const { name, ...others } = options;
    const whole = this.#parsePath(merged(pattern));
    const path = whole.at(-1)?.kind === "slash" ? whole.slice(0, -1) : whole;
    const parts = path.length === 0 ? [] : partsOf(path);
    if (parts.some((part) => typeof part !== "string" && part.isFinal)) {
      throw new RouteError(
        `${JSON.stringify(pattern)}: of a mount, no parameter can span segments`,
      );
    }
    const below: RouteCall = (environ, startResponse, params) =>
      application(this.#environBelow(environ, parts.length, params), startResponse);
    const call = this.#within(options.middleware ?? [], below);
    const route = this.#routeOf(pattern, path, call, others);
    if (!this.#treeOf(options).addBelow(parts, route)) {
      throw new RouteError(`two applications are mounted at ${JSON.stringify(pattern)}`);
    }
    const inner = CORES.get(application);
    if (inner === undefined || name === undefined) return;
    this.#named.addMounted(name, route.template, inner.#named);
  }

  use(middleware: readonly Middleware[]): void {
    this.#middleware.push(...middleware);
    this.#application = undefined;
  }

  onError(status: number, handler: ErrorHandler): void {
    this.#errorHandlers.set(status, handler);
  }

  readonly #dispatch: Application = (environ, startResponse) => {
    const { REQUEST_METHOD: method } = environ;
    const path = withOneSlash(decodeUtf8(environ.PATH_INFO));
    const match = this.#trees.match(method, () => hostNameOf(environ), path);
    if (match.kind !== "found") {
      return this.#answer(() => this.#withoutRoute(match, environ), environ, startResponse);
    }
    const params = match.target.paramsOf(match.values);
    const shown = this.#named.standIn(match.target, params, method);
    if (shown === undefined) return match.target.call(environ, startResponse, params);
    const url = finishedUrl(shown.template.build(params), {}, this, { request: { environ } });
    return respond(redirectTo(url, environ), environ, startResponse);
  };

  /** @throws {HttpError} 404 or 405 */
  #withoutRoute(
    match: Exclude<Match<Route>, { readonly kind: "found" }>,
    environ: Environ,
  ): Result {
    if (match.kind === "nothing") throw new HttpError(404);
    if (match.kind === "redirect") {
      return redirectTo(rootOf(environ, this) + encodePath(match.path), environ);
    }
    const headers = { Allow: [...match.allowed, "OPTIONS"].sort().join(", ") };
    if (environ.REQUEST_METHOD !== "OPTIONS") throw new HttpError(405, undefined, { headers });
    return new HttpResponse(null, { status: 204, headers });
  }

  #callOf(handler: AnyHandler): RouteCall {
    return (environ, startResponse, params) => {
      const request = new HttpRequest(environ);
      const urlFor: typeof this.urlFor = (name, values, options) =>
        this.urlFor(name, values, { request, ...options });
      return this.#answer(() => handler(params, request, urlFor), environ, startResponse);
    };
  }

  #answer(
    handler: () => Result | Promise<Result>,
    environ: Environ,
    startResponse: StartResponse,
  ): ResponseBody | Promise<ResponseBody> {
    return answer(handler, environ, startResponse, (error) => this.#recover(error, environ));
  }

  /** @throws what nobody here answers */
  #recover(error: unknown, environ: Environ): Result | Promise<Result> {
    const known =
      error instanceof HttpError ? error : new HttpError(500, undefined, { cause: error });
    const handler = this.#errorHandlers.get(known.status);
    if (handler === undefined) return responseOfError(error, environ);
    if (known !== error) environ["wsgi.errors"].write(`${inspect(error)}\n`);
    return handler(known, new HttpRequest(environ));
  }

  /** Middleware knows no parameters: they pass it in the environ. */
  #within(middleware: readonly Middleware[], call: RouteCall): RouteCall {
    if (middleware.length === 0) return call;
    const application = wrapped(middleware, (environ, startResponse) =>
      call(environ, startResponse, pathParams({ environ })),
    );
    return (environ, startResponse, params) =>
      application({ ...environ, ...paramsIn(environ, params) }, startResponse);
  }

  /** At the root, the path is what it was: what is mounted there finds all its slashes. */
  #environBelow(environ: Environ, segments: number, params: Values): Environ {
    const place = placeBelow(environ, this, params);
    const path = segments === 0 ? environ.PATH_INFO : withOneSlash(environ.PATH_INFO);
    const given = path === environ.PATH_INFO ? environ : { ...environ, PATH_INFO: path };
    return shifted(given, firstSegments(path, segments), place);
  }

  #routeOf(
    pattern: string,
    path: readonly Token[],
    call: RouteCall,
    options: RouteOptions & { readonly methods?: readonly string[] | undefined },
  ): Route {
    const { name, defaults = NO_DEFAULTS, methods } = options;
    return new Route({
      pattern: (options.host ?? this.#options.host ?? "") + pattern,
      host: this.#hostOf(options),
      path,
      name,
      defaults,
      methods: methods && withHead(methods),
      isStrict: options.strictSlashes ?? this.#options.strictSlashes,
      mergesSlashes: options.mergeSlashes ?? this.#options.mergeSlashes,
      call,
    });
  }

  #treeOf(options: RouteOptions): RouteTree<Route> {
    const host = this.#hostOf(options);
    return this.#trees.treeFor(host.length === 0 ? undefined : partsOf(host)[0]);
  }

  /** @throws {RouteError} it has a port or a path */
  #hostOf({ host = this.#options.host ?? "" }: RouteOptions): readonly Token[] {
    if (/\/|:\d+$/.test(host)) {
      throw new RouteError(`${JSON.stringify(host)} is no host alone: leave out its port and path`);
    }
    return this.#parse(host).map((token) =>
      token.kind === "text" ? { kind: "text", text: token.text.toLowerCase() } : token,
    );
  }

  /** @throws {RouteError} it begins with no slash, or with two, which no path that is matched does */
  #parsePath(pattern: string): readonly Token[] {
    if (/^\/(?!\/)/.test(pattern)) return this.#parse(pattern);
    throw new RouteError(
      `the pattern ${JSON.stringify(pattern)} does not begin with a single slash`,
    );
  }

  #parse(pattern: string): readonly Token[] {
    return parsePattern(pattern, this.#options.converters);
  }
}

/** The routers among applications, so that those in which they are mounted know their names. */
export const CORES: WeakMap<Application, RouterCore> = new WeakMap();

/** Slashes that follow one another as one. */
function merged(path: string): string {
  return path.replaceAll(/\/{2,}/g, "/");
}

/** Who answers GET answers HEAD, too (RFC 9110 §9.3.2). */
function withHead(methods: readonly string[]): ReadonlySet<string> {
  const upper = methods.map((method) => method.toUpperCase());
  return new Set(upper.includes("GET") ? [...upper, "HEAD"] : upper);
}

function wrapped(middleware: readonly Middleware[], application: Application): Application {
  return middleware.reduceRight((inner, wrap) => wrap(inner), application);
}

/** For good, and with the same method (RFC 9110 §15.4.9). */
function redirectTo(url: string, { QUERY_STRING: query }: Environ): HttpResponse {
  const safe = query.replaceAll(/[^!-~]/g, escapedByte);
  const Location = safe === "" ? url : `${url}?${safe}`;
  return new HttpResponse(null, { status: 308, headers: { Location } });
}

/** A character of a native string is a byte. */
function escapedByte(byte: string): string {
  return `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`;
}
