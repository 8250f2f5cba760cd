/** Routes: requests to handlers by path, method and host, and back from names to URLs. */
import type { Application } from "../wsgi/types.ts";
import type { ConverterTable, NoConverters } from "./converter.ts";
import type { NoParams, PathParams } from "./path-params.ts";
import { CORES, RouterCore } from "./router-core.ts";
import type { MountOptions, RouteOptions, Router, RouterOptions } from "./router-types.ts";

/**
 * A router without a route: `createRouter().get("/users/<int:id>", ({ id }) => ...)`. It is an application;
 * what it has no route for is a 404, what it has for other methods alone a 405.
 * @throws {RouteError} the host cannot be
 */
export function createRouter<
  const Host extends string = "",
  Own extends ConverterTable = NoConverters,
>(options: RouterOptions<Host, Own> = {}): Router<NoParams, Own, PathParams<Host, Own>> {
  const core = new RouterCore({
    host: options.host,
    converters: options.converters ?? {},
    strictSlashes: options.strictSlashes ?? true,
    mergeSlashes: options.mergeSlashes ?? true,
  });
  const application: Application = (environ, startResponse) => core.handle(environ, startResponse);
  CORES.set(application, core);
  // What the types promise of a pattern is what its parser finds in it: this is where the two meet.
  return withMethods(application, core) as Router<NoParams, Own, PathParams<Host, Own>>;
}

type AddRoute = (pattern: string, handler: Handler, options?: RouteOptions) => Application;

type Handler = Parameters<RouterCore["addRoute"]>[2];

/** Each adds what it is given, and gives the router back. */
function withMethods(application: Application, core: RouterCore): Application {
  const adding =
    (methods: readonly string[] | undefined): AddRoute =>
    (pattern, handler, options = {}) => {
      core.addRoute(methods, pattern, handler, options);
      return application;
    };
  return Object.assign(application, {
    get: adding(["GET"]),
    post: adding(["POST"]),
    put: adding(["PUT"]),
    patch: adding(["PATCH"]),
    delete: adding(["DELETE"]),
    any: adding(undefined),
    route: (methods: readonly string[], ...route: Parameters<AddRoute>) =>
      adding(methods)(...route),
    mount: (pattern: string, mounted: Application, options: MountOptions = {}) => {
      core.mount(pattern, mounted, options);
      return application;
    },
    use: (...middleware: Parameters<RouterCore["use"]>[0]) => {
      core.use(middleware);
      return application;
    },
    onError: (...handler: Parameters<RouterCore["onError"]>) => {
      core.onError(...handler);
      return application;
    },
    urlFor: core.urlFor,
  });
}
