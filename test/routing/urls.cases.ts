/** URLs made of names and values. */
import { differing, type RoutingCase, rule } from "./routing-case.ts";

const UNCHECKED = "it trusts the values, and would make a URL that leads elsewhere";

export const URL_CASES: readonly RoutingCase[] = [
  {
    name: "values stand where their parameters do",
    source: "Werkzeug, URL Routing: MapAdapter.build",
    rules: [
      rule("index", "/"),
      rule("downloads", "/downloads/"),
      rule("download", "/downloads/<int:id>"),
      rule("range", "/<int:from>-<int:to>/<path:rest>"),
    ],
    builds: [
      { route: "index", values: {}, gives: "/" },
      { route: "downloads", values: {}, gives: "/downloads/" },
      { route: "download", values: { id: 42 }, gives: "/downloads/42" },
      { route: "range", values: { from: 1, to: 2, rest: "a/b" }, gives: "/1-2/a/b" },
      { route: "download", values: {}, gives: undefined },
      { route: "nowhere", values: {}, gives: undefined },
    ],
  },
  {
    name: "the path above stands before the URL",
    source: "Werkzeug, URL Routing: Map.bind, script_name",
    rules: [rule("index", "/"), rule("about", "/about")],
    builds: [
      { route: "index", values: {}, script: "/site", gives: "/site/" },
      { route: "about", values: {}, script: "/a/b", gives: "/a/b/about" },
    ],
  },
  {
    name: "other values become the query",
    source: "Werkzeug, URL Routing: MapAdapter.build, append_unknown; changelog 2.0.0",
    rules: [rule("index", "/"), rule("search", "/<x>")],
    builds: [
      { route: "index", values: { q: "My Searchstring" }, gives: "/?q=My+Searchstring" },
      { route: "search", values: { x: "a", q: "ä&b", n: 7 }, gives: "/a?q=%C3%A4%26b&n=7" },
      { route: "index", values: { q: ["a", "b", 3] }, gives: "/?q=a&q=b&q=3" },
      { route: "index", values: { q: null, r: 1 }, gives: "/?r=1" },
      { route: "index", values: { q: [] }, gives: "/" },
      { route: "index", values: { q: [null, 1, null] }, gives: "/?q=1" },
      {
        route: "index",
        values: { next: "/a/b" },
        gives: "/?next=%2Fa%2Fb",
        ...differing(
          "/?next=/a/b",
          "it leaves in a query what need not be encoded there; URLSearchParams does not",
        ),
      },
    ],
  },
  {
    name: "what a path cannot hold is percent-encoded",
    source: "Werkzeug, changelog 2.1.0 and 2.2.3: characters that are safe in a segment",
    rules: [
      rule("text", "/t/<x>"),
      rule("path", "/p/<path:x>"),
      rule("fixed", "/a b/ü"),
      rule("safe", "/!$&'()*+,:;=@"),
    ],
    builds: [
      { route: "text", values: { x: "a b" }, gives: "/t/a%20b" },
      { route: "text", values: { x: "100%" }, gives: "/t/100%25" },
      { route: "text", values: { x: "a?b#c" }, gives: "/t/a%3Fb%23c" },
      { route: "text", values: { x: "!$&'()*+,:;=@-._~" }, gives: "/t/!$&'()*+,:;=@-._~" },
      {
        route: "text",
        values: { x: '[\\]^`{|}"<>' },
        gives: "/t/%5B%5C%5D%5E%60%7B%7C%7D%22%3C%3E",
      },
      { route: "path", values: { x: "a/ü/b c" }, gives: "/p/a/%C3%BC/b%20c" },
      { route: "fixed", values: {}, gives: "/a%20b/%C3%BC" },
      { route: "safe", values: {}, gives: "/!$&'()*+,:;=@" },
    ],
  },
  {
    name: "converters write their values",
    source: "Werkzeug, URL Routing: to_url of each converter",
    rules: [
      rule("int", "/i/<int:x>"),
      rule("fixed", "/f/<int(fixed_digits=4):x>"),
      rule("signed", "/s/<int(signed=True):x>"),
      rule("both", "/b/<int(fixed_digits=4, signed=True):x>"),
      rule("float", "/d/<float:x>"),
      rule("any", "/a/<any(one, two):x>"),
    ],
    builds: [
      { route: "int", values: { x: 7 }, gives: "/i/7" },
      { route: "fixed", values: { x: 7 }, gives: "/f/0007" },
      { route: "signed", values: { x: -7 }, gives: "/s/-7" },
      { route: "both", values: { x: -7 }, gives: "/b/-007" },
      { route: "float", values: { x: 0.5 }, gives: "/d/0.5" },
      { route: "float", values: { x: 3 }, gives: "/d/3.0" },
      { route: "any", values: { x: "two" }, gives: "/a/two" },
      { route: "any", values: { x: "three" }, gives: undefined },
    ],
  },
  {
    name: "a URL that its own rule would not match is not made",
    source: "Werkzeug, URL Routing: MapAdapter.build does not validate",
    rules: [
      rule("int", "/i/<int:x>"),
      rule("bounded", "/n/<int(max=5):x>"),
      rule("text", "/<x>/y"),
      rule("path", "/p/<path:x>"),
    ],
    builds: [
      { route: "int", values: { x: -7 }, gives: undefined, ...differing("/i/-7", UNCHECKED) },
      { route: "int", values: { x: 1.5 }, gives: undefined, ...differing("/i/1", UNCHECKED) },
      { route: "bounded", values: { x: 6 }, gives: undefined, ...differing("/n/6", UNCHECKED) },
      { route: "text", values: { x: "a/b" }, gives: undefined, ...differing("/a/b/y", UNCHECKED) },
      { route: "text", values: { x: "" }, gives: undefined, ...differing("/y", UNCHECKED) },
      { route: "path", values: { x: "/a" }, gives: undefined, ...differing("/p//a", UNCHECKED) },
    ],
  },
  {
    name: "of rules with one name the one is taken that uses most of the values",
    source: "Werkzeug, URL Routing: the knowledge base of the introduction",
    rules: [
      rule("browse", "/browse/"),
      rule("browse", "/browse/<int:id>/"),
      rule("browse", "/browse/<int:id>/<int:page>"),
    ],
    builds: [
      { route: "browse", values: {}, gives: "/browse/" },
      { route: "browse", values: { id: 42 }, gives: "/browse/42/" },
      { route: "browse", values: { id: 42, page: 3 }, gives: "/browse/42/3" },
      { route: "browse", values: { page: 3 }, gives: "/browse/?page=3" },
    ],
  },
];
