/** A route: whom a request is given to, and with which parameters. */
import type { Environ, ResponseBody, StartResponse } from "../wsgi/types.ts";
import { RouteError } from "./errors.ts";
import { parametersOf, type Token } from "./path-pattern.ts";
import type { Target } from "./route-tree.ts";
import { UrlTemplate, type Values } from "./url-template.ts";

/** Answers a request whose path has been matched. */
export type RouteCall = (
  environ: Environ,
  startResponse: StartResponse,
  params: Values,
) => ResponseBody | Promise<ResponseBody>;

export interface RouteParts extends Target {
  /** For messages: host and path as they were given. */
  readonly pattern: string;
  /** Empty: all hosts. */
  readonly host: readonly Token[];
  readonly path: readonly Token[];
  readonly name: string | undefined;
  readonly defaults: Values;
  readonly call: RouteCall;
}

/** What most routes have. */
export const NO_DEFAULTS: Values = Object.freeze({});

export class Route implements Target {
  readonly name: string | undefined;
  readonly methods: ReadonlySet<string> | undefined;
  readonly isStrict: boolean;
  readonly mergesSlashes: boolean;
  readonly call: RouteCall;
  readonly template: UrlTemplate;
  /** In the order in which their values are matched. */
  readonly #parameters: readonly string[];

  /** @throws {RouteError} a parameter stands twice */
  constructor(parts: RouteParts) {
    this.name = parts.name;
    this.methods = parts.methods;
    this.isStrict = parts.isStrict;
    this.mergesSlashes = parts.mergesSlashes;
    this.call = parts.call;
    this.template = new UrlTemplate(parts);
    this.#parameters = parametersOf([...parts.host, ...parts.path]).map(({ name }) => name);
    const twice = this.#parameters.find((name, at) => this.#parameters.indexOf(name) !== at);
    if (twice === undefined) return;
    throw new RouteError(`${JSON.stringify(parts.pattern)} has two parameters ${twice}`);
  }

  paramsOf(values: readonly unknown[]): Values {
    const { defaults } = this.template;
    if (this.#parameters.length === 0) return defaults;
    const params: Record<string, unknown> = {};
    for (let at = 0; at < values.length; at += 1) {
      params[this.#parameters[at] ?? ""] = values[at];
    }
    return defaults === NO_DEFAULTS ? params : { ...params, ...defaults };
  }

  /** Whether its defaults make the values those of the other route: then its URL is the one to be shown. */
  standsFor(other: Route, values: Values): boolean {
    const { defaults, names } = this.template;
    return (
      this !== other &&
      Object.keys(defaults).length > 0 &&
      names.size === other.template.names.size &&
      [...names].every((name) => other.template.names.has(name)) &&
      this.template.unfit(values).length === 0
    );
  }
}

/** Routes of one name as URLs are made of them: those that use most of the values first. */
export function inOrderOfUrls(routes: readonly Route[]): readonly Route[] {
  return routes.toSorted((one, other) => {
    const [a, b] = [one.template, other.template];
    const defaults = (values: Values): number => Object.keys(values).length;
    return b.names.size - a.names.size || defaults(b.defaults) - defaults(a.defaults);
  });
}
