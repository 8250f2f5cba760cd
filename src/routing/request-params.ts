/** The parameters that routers have read out of a path, for whoever comes after them. */
import type { Environ } from "../wsgi/types.ts";
import type { Values } from "./url-template.ts";

// Of environs; nobody else sets it.
const PARAMS = "portico.path_params";

/**
 * The parameters that routers have read so far: for middleware of a route, and for applications that are
 * mounted below a path with parameters. For a plain handler these are those of the mounts above it.
 */
export function pathParams({ environ }: { readonly environ: Environ }): Values {
  // Only paramsIn() sets it.
  return (environ[PARAMS] as Values | undefined) ?? {};
}

/** What an environ holds for them. */
export function paramsIn(environ: Environ, params: Values): Partial<Environ> {
  return { [PARAMS]: { ...pathParams({ environ }), ...params } };
}
