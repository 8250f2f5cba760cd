/** The routes of a router that have names, and those of routers that are mounted in it with a name. */
import { RouteError, UrlError } from "./errors.ts";
import { inOrderOfUrls, type Route } from "./route.ts";
import type { BuiltUrl, UrlTemplate, Values } from "./url-template.ts";

interface MountedNames {
  readonly template: UrlTemplate;
  readonly inner: NamedRoutes;
}

export class NamedRoutes {
  /** Of each name in the order in which URLs are made. */
  readonly #routes = new Map<string, readonly Route[]>();
  readonly #mounted = new Map<string, MountedNames>();

  add(name: string, route: Route): void {
    this.#routes.set(name, inOrderOfUrls([...(this.#routes.get(name) ?? []), route]));
  }

  /** @throws {RouteError} another router is mounted by that name */
  addMounted(name: string, template: UrlTemplate, inner: NamedRoutes): void {
    if (this.#mounted.has(name)) throw new RouteError(`two routers are mounted as ${name}`);
    this.#mounted.set(name, { template, inner });
  }

  /** @throws {UrlError} there is no such name, or the values do not fit */
  build(name: string, values: Values): BuiltUrl {
    const routes = this.#routes.get(name);
    if (routes !== undefined) return builtOf(routes, name, values);
    for (const [mount, { template, inner }] of this.#mounted) {
      if (!name.startsWith(`${mount}.`)) continue;
      const below = inner.build(name.slice(mount.length + 1), values);
      const { host, path, used } = template.build(checked(template, mount, values));
      return {
        host: below.host ?? host,
        path: path + below.path,
        used: new Set([...used, ...below.used]),
      };
    }
    throw new UrlError(`no route is named ${name}; named are ${[...this.names()].join(", ")}`);
  }

  /** The route of the same name whose URL stands for this one's, which has the same values by default. */
  standIn(route: Route, values: Values, method: string): Route | undefined {
    const routes = this.#routes.get(route.name ?? "") ?? [];
    if (routes.length < 2) return undefined;
    return routes
      .slice(0, routes.indexOf(route))
      .find((each) => (each.methods?.has(method) ?? true) && each.standsFor(route, values));
  }

  *names(): Generator<string> {
    yield* this.#routes.keys();
    for (const [mount, { inner }] of this.#mounted) {
      for (const name of inner.names()) yield `${mount}.${name}`;
    }
  }
}

function builtOf(routes: readonly Route[], name: string, values: Values): BuiltUrl {
  const fitting = routes.find(({ template }) => template.unfit(values).length === 0);
  const template = (fitting ?? routes[0])?.template;
  if (template === undefined) throw new UrlError(`no route is named ${name}`);
  return template.build(checked(template, name, values));
}

function checked(template: UrlTemplate, name: string, values: Values): Values {
  const unfit = template.unfit(values);
  if (unfit.length === 0) return values;
  throw new UrlError(`the URL of ${name} needs other values for ${unfit.join(", ")}`);
}
