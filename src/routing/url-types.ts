/** The types of `urlFor`: which names there are, and which values each needs. */
import type { Environ } from "../wsgi/types.ts";
import type { NoParams } from "./path-params.ts";

export interface UrlOptions {
  /** Below which path the router is, and which host is asked; without it, the URL is that of a router at the root. */
  readonly request?: { readonly environ: Environ };
  /**
   * A whole URL: with the scheme and the host of the request, which a client may have made up, or with this
   * origin, as `https://example.com`.
   */
  readonly external?: boolean | `${"http" | "https"}://${string}`;
}

type QueryItem = string | number | boolean | bigint | null | undefined;

/** What the query can hold: `null` and `undefined` are left out, of a list each item is a field of its own. */
export type QueryValue = QueryItem | readonly QueryItem[];

/** Values that are no parameters become the query. */
export interface UrlFor<Routes> {
  /** @throws {UrlError} a value is none that the route would match, or the request is missing */
  <Name extends NeedingNothing<Routes>, Values extends Routes[Name]>(
    name: Name,
    values?: Values & Query<Values, Routes[Name]>,
    options?: UrlOptions,
  ): string;
  <Name extends keyof Routes & string, Values extends Routes[Name]>(
    name: Name,
    values: Values & Query<Values, Routes[Name]>,
    options?: UrlOptions,
  ): string;
}

/** The names of the routes whose URLs can be made without values. */
type NeedingNothing<Routes> = {
  [Name in keyof Routes & string]: NoParams extends Routes[Name] ? Name : never;
}[keyof Routes & string];

type Query<Values, Params> = {
  readonly [Name in Exclude<keyof Values, NamesOf<Params>>]: QueryValue;
};

/** Of each member of a union. */
type NamesOf<Params> = Params extends unknown ? keyof Params : never;
