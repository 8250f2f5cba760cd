/** Routes and what is looked up: those of Hono's and find-my-way's benchmarks, and a thousand. */

export interface Lookup {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  /** The pattern that takes it; undefined: none. */
  readonly pattern: string | undefined;
  /** Without the rest of the path that `*` stands for. */
  readonly params: Readonly<Record<string, string>>;
}

export interface RouteList {
  readonly name: string;
  /** `:name` is a parameter, `*` the rest of the path. */
  readonly routes: readonly (readonly [method: string, pattern: string])[];
  readonly lookups: readonly Lookup[];
}

// benchmarks/routers in Hono's repository.
const HONO: RouteList = {
  name: "the routes of Hono's benchmark",
  routes: [
    ["GET", "/user"],
    ["GET", "/user/comments"],
    ["GET", "/user/avatar"],
    ["GET", "/user/lookup/username/:username"],
    ["GET", "/user/lookup/email/:address"],
    ["GET", "/event/:id"],
    ["GET", "/event/:id/comments"],
    ["POST", "/event/:id/comment"],
    ["POST", "/map/:location/events"],
    ["GET", "/status"],
    ["GET", "/very/deeply/nested/route/hello/there"],
    ["GET", "/static/*"],
  ],
  lookups: [
    found("short static", "/user", "/user"),
    found("static with same radix", "/user/comments", "/user/comments"),
    found("dynamic route", "/user/lookup/username/hey", "/user/lookup/username/:username", {
      username: "hey",
    }),
    found("mixed static dynamic", "/event/abcd1234/comments", "/event/:id/comments", {
      id: "abcd1234",
    }),
    {
      ...found("post", "/event/abcd1234/comment", "/event/:id/comment", { id: "abcd1234" }),
      method: "POST",
    },
    found(
      "long static",
      "/very/deeply/nested/route/hello/there",
      "/very/deeply/nested/route/hello/there",
    ),
    found("wildcard", "/static/index.html", "/static/*"),
  ],
};

const LONG = "/static/static/static/static/static";

// benchmark/bench.js in find-my-way's repository, but for versions, hosts and regexes in patterns.
const FIND_MY_WAY: readonly RouteList[] = [
  alone("root", "/", found("root", "/", "/")),
  alone("short static", "/static", found("short static", "/static", "/static")),
  alone("long static", LONG, found("long static", LONG, LONG)),
  alone(
    "short parametric",
    "/:param",
    found("short parametric", "/param1", "/:param", { param: "param1" }),
  ),
  alone(
    "long parametric",
    "/:param",
    found("long parametric", "/longParamParamParamParamParamParam", "/:param", {
      param: "longParamParamParamParamParamParam",
    }),
  ),
  alone(
    "two parameters",
    "/:param1/:param2",
    found("two parameters", "/param1/param2", "/:param1/:param2", {
      param1: "param1",
      param2: "param2",
    }),
  ),
  alone(
    "static and parametric",
    "/static/:param1/static/:param2/static",
    found(
      "static and parametric",
      "/static/param1/static/param2/static",
      "/static/:param1/static/:param2/static",
      { param1: "param1", param2: "param2" },
    ),
  ),
  alone("short wildcard", "/*", found("short wildcard", "/static", "/*")),
  alone("long wildcard", "/*", found("long wildcard", LONG, "/*")),
];

const RESOURCES = Array.from({ length: 200 }, (_, at) => `/api/resource-${at}`);

const THOUSAND: RouteList = {
  name: "a thousand routes",
  routes: RESOURCES.flatMap(
    (resource) =>
      [
        ["GET", resource],
        ["POST", resource],
        ["GET", `${resource}/:id`],
        ["GET", `${resource}/:id/parts`],
        ["GET", `${resource}/:id/parts/:part`],
      ] as const,
  ),
  lookups: [
    found("first, static", "/api/resource-0", "/api/resource-0"),
    found("last, static", "/api/resource-199", "/api/resource-199"),
    found("last, one parameter", "/api/resource-199/abc", "/api/resource-199/:id", { id: "abc" }),
    found(
      "last, two parameters",
      "/api/resource-199/abc/parts/42",
      "/api/resource-199/:id/parts/:part",
      { id: "abc", part: "42" },
    ),
    { name: "none", method: "GET", path: "/api/resource-200/abc", pattern: undefined, params: {} },
  ],
};

export const ROUTE_LISTS: readonly RouteList[] = [HONO, ...FIND_MY_WAY, THOUSAND];

function alone(name: string, pattern: string, lookup: Lookup): RouteList {
  return {
    name: `find-my-way's benchmark, ${name}`,
    routes: [["GET", pattern]],
    lookups: [lookup],
  };
}

function found(
  name: string,
  path: string,
  pattern: string,
  params: Readonly<Record<string, string>> = {},
): Lookup {
  return { name, method: "GET", path, pattern, params };
}
