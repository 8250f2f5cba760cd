/** What a router is to its users: patterns in, typed handlers and URLs out. */
import type { HttpError } from "../messages/http-error.ts";
import type { HttpRequest } from "../messages/http-request.ts";
import type { Result } from "../messages/respond.ts";
import type {
  Application,
  Environ,
  Middleware,
  ResponseBody,
  StartResponse,
} from "../wsgi/types.ts";
import type { ConverterTable, NoConverters } from "./converter.ts";
import type { Flat, NoParams, PathParams } from "./path-params.ts";
import type { UrlFor } from "./url-types.ts";

export interface RouterOptions<Host extends string, Own extends ConverterTable> {
  /** The host that all routes without one of their own are for, as `<shop>.example.com`; without a port. */
  readonly host?: Host;
  /** Beside the built-in ones, or in their place. */
  readonly converters?: Own;
  /** Whether the slash at the end of a path must be as in the pattern. If not given: true. */
  readonly strictSlashes?: boolean;
  /** Whether `//` in a path is redirected to `/`. If not given: true. */
  readonly mergeSlashes?: boolean;
}

export interface RouteOptions {
  /** What `urlFor` knows the route by. */
  readonly name?: string;
  /** In place of the router's. */
  readonly host?: string;
  /** Parameters that are not in the pattern: with these values, its URL stands for those of its name. */
  readonly defaults?: Readonly<Record<string, unknown>>;
  /** In place of the router's. */
  readonly strictSlashes?: boolean;
  readonly mergeSlashes?: boolean;
  /** Around this route alone; the first is the outermost. */
  readonly middleware?: readonly Middleware[];
}

export type MountOptions = Pick<RouteOptions, "name" | "host" | "middleware">;

/** Called with the parameters, the request, and `urlFor` for the routes that were added before. */
export type RouteHandler<Params, Routes> = (
  params: Params,
  request: HttpRequest,
  urlFor: UrlFor<Routes>,
) => Result | Promise<Result>;

/** Answers in the place of an error. */
export type ErrorHandler = (error: HttpError, request: HttpRequest) => Result | Promise<Result>;

declare const ROUTES: unique symbol;

/**
 * An application. Each method gives the router back with the type of what it has now: `urlFor` knows the
 * names of a chain of calls, `createRouter().get(...).post(...)`.
 */
export interface Router<
  Routes = NoParams,
  Own extends ConverterTable = NoConverters,
  Shared = NoParams,
> {
  (environ: Environ, startResponse: StartResponse): ResponseBody | Promise<ResponseBody>;
  /** Of the type alone: names and parameters. */
  readonly [ROUTES]?: Routes;

  /** HEAD, too. */
  readonly get: AddRoute<Routes, Own, Shared>;
  readonly post: AddRoute<Routes, Own, Shared>;
  readonly put: AddRoute<Routes, Own, Shared>;
  readonly patch: AddRoute<Routes, Own, Shared>;
  readonly delete: AddRoute<Routes, Own, Shared>;
  /** All methods, whatever their names. */
  readonly any: AddRoute<Routes, Own, Shared>;

  /** @throws {RouteError} as all methods that add routes: the pattern cannot be, the message says why */
  route<Pattern extends string, const Options extends RouteOptions = NoParams>(
    methods: readonly string[],
    pattern: Pattern,
    handler: RouteHandler<HandlerParams<Pattern, Options, Own, Shared>, Routes>,
    options?: Options,
  ): Router<WithRoute<Routes, Pattern, Options, Own, Shared>, Own, Shared>;

  /**
   * Gives an application, of whatever kind, all requests below a path that no route takes, with SCRIPT_NAME
   * and PATH_INFO shifted. With a name, the names of a router are this one's, too: `urlFor("admin.user")`.
   */
  mount<
    Pattern extends string,
    Mounted extends Application,
    const Options extends MountOptions = NoParams,
  >(
    pattern: Pattern,
    application: Mounted,
    options?: Options,
  ): Router<Routes & MountedRoutes<Mounted, Pattern, Options, Own, Shared>, Own, Shared>;

  /** Around everything that the router answers; the first is the outermost. */
  use(...middleware: readonly Middleware[]): Router<Routes, Own, Shared>;

  /**
   * What is answered instead of an error of this status: one that a handler throws, or the router's own 404 and
   * 405. With 500, errors that are no `HttpError` too: each is then written to `wsgi.errors`, and is the
   * `cause` of what the handler gets.
   */
  onError(status: number, handler: ErrorHandler): Router<Routes, Own, Shared>;

  readonly urlFor: UrlFor<Routes>;
}

export type AddRoute<Routes, Own extends ConverterTable, Shared> = <
  Pattern extends string,
  const Options extends RouteOptions = NoParams,
>(
  pattern: Pattern,
  handler: RouteHandler<HandlerParams<Pattern, Options, Own, Shared>, Routes>,
  options?: Options,
) => Router<WithRoute<Routes, Pattern, Options, Own, Shared>, Own, Shared>;

type HandlerParams<Pattern extends string, Options, Own, Shared> = Flat<
  PathParams<Pattern, Own> & HostParams<Options, Own, Shared> & DefaultsOf<Options>
>;

type UrlParams<Pattern extends string, Options, Own, Shared> = Flat<
  PathParams<Pattern, Own> & HostParams<Options, Own, Shared> & Partial<DefaultsOf<Options>>
>;

/** A route's own host takes the place of its router's. */
type HostParams<Options, Own, Shared> = Options extends { readonly host: infer Host extends string }
  ? PathParams<Host, Own>
  : Shared;

type DefaultsOf<Options> = Options extends { readonly defaults: infer Defaults }
  ? Defaults
  : NoParams;

type NameOf<Options> = Options extends { readonly name: infer Name extends string } ? Name : never;

/** Of two routes of one name, the values of either will do. */
type WithRoute<Routes, Pattern extends string, Options, Own, Shared> = [NameOf<Options>] extends [
  never,
]
  ? Routes
  : NameOf<Options> extends keyof Routes
    ? {
        [Name in keyof Routes]: Name extends NameOf<Options>
          ? Routes[Name] | UrlParams<Pattern, Options, Own, Shared>
          : Routes[Name];
      }
    : Routes & { [_ in NameOf<Options>]: UrlParams<Pattern, Options, Own, Shared> };

type MountedRoutes<Mounted, Pattern extends string, Options, Own, Shared> = Mounted extends {
  readonly [ROUTES]?: infer Inner;
}
  ? {
      [Name in keyof Inner & string as `${NameOf<Options>}.${Name}`]: Flat<
        Inner[Name] & UrlParams<Pattern, Options, Own, Shared>
      >;
    }
  : NoParams;
