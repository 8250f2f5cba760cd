/** What is wrong with a route, found when it is added, and with what a URL is to be made of. */

/** A route that cannot be: its pattern, its converters or what stands there already; the message names it. */
export class RouteError extends Error {
  override readonly name: string = "RouteError";
}

/** A URL that cannot be made: an unknown name, a missing value, one that the route would not match. */
export class UrlError extends Error {
  override readonly name: string = "UrlError";
}
