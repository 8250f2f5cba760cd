/** What routing costs: one of a thousand routes found, its handler called and its answer made. */
import { createRouter } from "../../src/routing/router.ts";
import type { Router } from "../../src/routing/router-types.ts";
import { environOf } from "./gateway-parts.ts";
import { type Benchmark, bench } from "./kit.ts";
import { BARE_GET, nextHead, openConnection } from "./requests.ts";

const ROUTES = 1_000;

export const ROUTING_PARTS: readonly Benchmark[] = [
  routed("a route of 1,000 without a parameter, and its answer", "/static/999"),
  routed("a route of 1,000 with a parameter, and its answer", "/items-998/42"),
  linked("a URL made by name"),
];

function thousand(): Router {
  const router = createRouter();
  for (let at = 0; at < ROUTES; at += 2) {
    router.get(`/items-${at}/<int:id>`, ({ id }) => `item ${id}`);
    router.get(`/static/${at + 1}`, () => "static");
  }
  return router;
}

function routed(name: string, path: string): Benchmark {
  const router = thousand();
  const environ = { ...environOf(nextHead(openConnection(), BARE_GET)), PATH_INFO: path };
  let status = "";
  const operation = (): string => {
    void router(environ, (given) => {
      status = given;
      return () => Promise.resolve();
    });
    return status;
  };
  return bench(name, operation, "200 OK");
}

function linked(name: string): Benchmark {
  const router = createRouter().get("/users/<int:id>/<page>", () => "", { name: "user" });
  return bench(name, () => router.urlFor("user", { id: 7, page: "posts" }), "/users/7/posts");
}
