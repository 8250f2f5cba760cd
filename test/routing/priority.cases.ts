/** Of several rules that match, which one answers; and what becomes of other methods. */
import { differing, get, type RoutingCase, rule, to } from "./routing-case.ts";

export const PRIORITY_CASES: readonly RoutingCase[] = [
  {
    name: "text stands before int, int before string, string before path, whatever came first",
    source: "Werkzeug, URL Routing: Rule Priority",
    rules: [
      rule("path", "/<path:x>"),
      rule("string", "/<x>"),
      rule("int", "/<int:x>"),
      rule("float", "/<float:x>"),
      rule("text", "/7"),
    ],
    asks: [
      get("/7", to("text")),
      get("/8", to("int", { x: 8 })),
      get("/8.5", to("float", { x: 8.5 })),
      get("/eight", to("string", { x: "eight" })),
      get("/8/9", to("path", { x: "8/9" })),
    ],
  },
  {
    name: "more text stands before less, and longer text before shorter",
    source: "Werkzeug, changelog 2.2.1: static part weighting",
    rules: [
      rule("any", "/<x>"),
      rule("short", "/a-<x>"),
      rule("two", "/a<x>-c"),
      rule("more", "/a-<x>-<y>"),
    ],
    asks: [
      get("/x", to("any", { x: "x" })),
      get("/a-x", to("short", { x: "x" })),
      get("/a-x-y", to("more", { x: "x", y: "y" })),
      get("/a-b-x", to("more", { x: "b", y: "x" })),
      get("/ax-c", to("two", { x: "x" })),
    ],
  },
  {
    name: "segments are decided one after the other, from the left",
    source: "Werkzeug, changelog 2.2.0: a state machine",
    rules: [
      rule("right", "/<a>/b/c"),
      rule("left", "/a/<b>/<c>"),
      rule("path", "/a/<path:rest>"),
      rule("edit", "/<path:page>/edit"),
    ],
    asks: [
      get("/a/b/c", to("left", { b: "b", c: "c" })),
      get("/x/b/c", to("right", { a: "x" })),
      get("/a/b", to("path", { rest: "b" })),
      get("/a/b/c/d", to("path", { rest: "b/c/d" })),
      get("/x/y/edit", to("edit", { page: "x/y" })),
    ],
  },
  {
    name: "what leads nowhere further down is given up",
    source: "Werkzeug, the source of StateMachineMatcher",
    rules: [
      rule("deep", "/a/<int:id>/x"),
      rule("other", "/a/<name>/y"),
      rule("text", "/a/7/z"),
      rule("all", "/<path:rest>"),
    ],
    asks: [
      get("/a/7/x", to("deep", { id: 7 })),
      get("/a/7/y", to("other", { name: "7" })),
      get("/a/7/z", to("text")),
      get("/a/7/w", to("all", { rest: "a/7/w" })),
    ],
  },
  {
    name: "a value out of bounds is tried with the next rule",
    source: "Werkzeug, ValidationError: the next URL is tried",
    rules: [
      rule("small", "/<int(max=5):x>"),
      rule("large", "/<int(min=6):x>"),
      rule("text", "/<x>"),
    ],
    asks: [
      get("/5", to("small", { x: 5 })),
      get("/6", to("large", { x: 6 }), {
        ...differing("nothing", "since 2.2 it asks a converter only once the rule is chosen"),
      }),
      get("/x", to("text", { x: "x" })),
    ],
  },
  {
    name: "of equal rules the first answers",
    source: "Werkzeug, URL Routing: Rule Priority",
    rules: [
      rule("first", "/<a>"),
      rule("second", "/<b>"),
      rule("one", "/x/<a>"),
      rule("two", "/x/<a>"),
    ],
    asks: [get("/v", to("first", { a: "v" })), get("/x/v", to("one", { a: "v" }))],
  },
  {
    name: "with a method that no rule has, all that the path's rules have are told",
    source: "Werkzeug, URL Routing: MethodNotAllowed.valid_methods",
    rules: [
      rule("show", "/users/<int:id>", { methods: ["GET"] }),
      rule("change", "/users/<int:id>", { methods: ["put", "PATCH"] }),
      rule("text", "/users/<name>", { methods: ["DELETE"] }),
      rule("all", "/all"),
    ],
    asks: [
      get("/users/7", to("show", { id: 7 })),
      get("/users/7", to("show", { id: 7 }), { method: "HEAD" }),
      get("/users/7", to("change", { id: 7 }), { method: "PUT" }),
      get("/users/7", to("text", { name: "7" }), { method: "DELETE" }),
      get("/users/7", { allowed: ["DELETE", "GET", "HEAD", "PATCH", "PUT"] }, { method: "POST" }),
      get("/users/x", { allowed: ["DELETE"] }, { method: "POST" }),
      get("/all", to("all"), { method: "PURGE" }),
      get("/nowhere", "nothing", { method: "POST" }),
    ],
  },
  {
    name: "HEAD comes with GET, and with no other method",
    source: "Werkzeug, changelog 0.6.1: HEAD is added if GET is there",
    rules: [rule("read", "/a", { methods: ["GET"] }), rule("write", "/b", { methods: ["POST"] })],
    asks: [
      get("/a", to("read"), { method: "HEAD" }),
      get("/b", { allowed: ["POST"] }, { method: "HEAD" }),
    ],
  },
  {
    name: "defaults are values, and the path that has them is the one to be shown",
    source: "Werkzeug, URL Routing: Rule, defaults; Map, redirect_defaults",
    rules: [
      rule("entries", "/all/", { defaults: { page: 1 } }),
      rule("entries", "/all/page/<int:page>"),
    ],
    asks: [
      get("/all/", to("entries", { page: 1 })),
      get("/all/page/2", to("entries", { page: 2 })),
      get("/all/page/1", { redirect: "/all/" }),
      get("/all/page/1", { redirect: "/site/all/?x=1" }, { script: "/site", query: "x=1" }),
    ],
    builds: [
      { route: "entries", values: {}, gives: "/all/" },
      { route: "entries", values: { page: 1 }, gives: "/all/" },
      { route: "entries", values: { page: 2 }, gives: "/all/page/2" },
    ],
  },
  {
    name: "text may be of any script",
    source: "Werkzeug, Unicode: paths are UTF-8",
    rules: [rule("coffee", "/café/<x>"), rule("plus", "/a+b.c")],
    asks: [
      get("/café/ñ", to("coffee", { x: "ñ" })),
      get("/a+b.c", to("plus")),
      get("/aab.c", "nothing"),
      get("/a+bxc", "nothing"),
    ],
    builds: [{ route: "coffee", values: { x: "ñ" }, gives: "/caf%C3%A9/%C3%B1" }],
  },
];
