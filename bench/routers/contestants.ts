/** The routers that are compared, each as one function: from a path to pattern and parameters. */
import findMyWay from "find-my-way";
import type { Router as HonoRouter } from "hono/router";
import { RegExpRouter } from "hono/router/reg-exp-router";
import { SmartRouter } from "hono/router/smart-router";
import { TrieRouter } from "hono/router/trie-router";
import { partsOf } from "../../src/routing/path-parts.ts";
import { parsePattern } from "../../src/routing/path-pattern.ts";
import { NO_DEFAULTS, Route } from "../../src/routing/route.ts";
import { RouteTree } from "../../src/routing/route-tree.ts";
import type { RouteList } from "./lookups.ts";

/** Undefined: nothing is there. */
export type Find = (method: string, path: string) => Found | undefined;

export interface Found {
  readonly pattern: string;
  readonly params: Readonly<Record<string, unknown>>;
}

export const CONTESTANTS: Readonly<Record<string, (routes: RouteList["routes"]) => Find>> = {
  Portico: portico,
  "Hono RegExpRouter": (routes) => hono(new RegExpRouter(), routes),
  "Hono TrieRouter": (routes) => hono(new TrieRouter(), routes),
  "Hono SmartRouter": (routes) =>
    hono(new SmartRouter({ routers: [new RegExpRouter(), new TrieRouter()] }), routes),
  "find-my-way": wayfinder,
};

function portico(routes: RouteList["routes"]): Find {
  const tree = new RouteTree<Route>();
  for (const [method, pattern] of routes) {
    const path = parsePattern(
      pattern.replaceAll(/:(\w+)/g, "<$1>").replace("*", "<path:rest>"),
      {},
    );
    const route = new Route({
      pattern,
      name: pattern,
      host: [],
      path,
      methods: new Set([method]),
      defaults: NO_DEFAULTS,
      isStrict: true,
      mergesSlashes: true,
      call: () => [],
    });
    tree.add(partsOf(path), route);
  }
  return (method, path) => {
    const match = tree.match(method, path);
    if (match.kind !== "found") return undefined;
    return { pattern: match.target.name ?? "", params: match.target.paramsOf(match.values) };
  };
}

function hono(router: HonoRouter<string>, routes: RouteList["routes"]): Find {
  for (const [method, pattern] of routes) router.add(method, pattern, pattern);
  return (method, path) => {
    const [handlers, values] = router.match(method, path);
    const [handler] = handlers;
    if (handler === undefined) return undefined;
    const params: Record<string, unknown> = {};
    // As Hono's own request does it: a parameter is its value, or where in the list it stands.
    for (const name in handler[1]) {
      const value = handler[1][name];
      params[name] = typeof value === "number" ? values?.[value] : value;
    }
    return { pattern: handler[0], params };
  };
}

function wayfinder(routes: RouteList["routes"]): Find {
  const router = findMyWay();
  for (const [method, pattern] of routes) {
    // Of Node.js' methods, which all of these are.
    router.on(method as "GET", pattern, () => {}, pattern);
  }
  return (method, path) => {
    const found = router.find(method as "GET", path);
    return found === null ? undefined : { pattern: found.store, params: found.params };
  };
}
