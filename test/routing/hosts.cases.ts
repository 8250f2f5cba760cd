/** Rules for hosts. */
import { differing, get, type RoutingCase, rule, to } from "./routing-case.ts";

export const HOST_CASES: readonly RoutingCase[] = [
  {
    name: "a rule is for its host alone",
    source: "Werkzeug, URL Routing: Host Matching",
    rules: [
      rule("www", "/", { host: "www.example.com" }),
      rule("user", "/", { host: "<user>.example.com" }),
      rule("files", "/<path:file>", { host: "files.example.com" }),
      rule("page", "/<page>", { host: "<user>.example.com" }),
    ],
    asks: [
      get("/", to("www"), { host: "www.example.com" }),
      get("/", to("user", { user: "ada" }), { host: "ada.example.com" }),
      get("/a", to("page", { user: "ada", page: "a" }), { host: "ada.example.com" }),
      get("/a", to("files", { file: "a" }), { host: "files.example.com" }),
      get("/a", to("page", { user: "www", page: "a" }), { host: "www.example.com" }),
      get("/", to("user", { user: "a.b" }), { host: "a.b.example.com" }),
      get("/", "nothing", { host: "example.com" }),
      get("/", "nothing", { host: "example.org" }),
      get("/", to("www"), { host: "WWW.Example.COM" }),
      get("/", to("www"), {
        host: "www.example.com:8080",
        ...differing("nothing", "there a port is a part of the host; here it is left out"),
      }),
    ],
    builds: [
      { route: "www", values: {}, host: "www.example.com", gives: "/" },
      { route: "www", values: {}, gives: "http://www.example.com/" },
      { route: "user", values: { user: "ada" }, gives: "http://ada.example.com/" },
      { route: "page", values: { user: "ada", page: "x" }, host: "ada.example.com", gives: "/x" },
    ],
  },
  {
    name: "methods of all rules of the host are told",
    source: "Werkzeug, URL Routing: Host Matching",
    rules: [
      rule("one", "/", { host: "a.example.com", methods: ["GET"] }),
      rule("two", "/", { host: "<x>.example.com", methods: ["PUT"] }),
      rule("branch", "/b/", { host: "a.example.com" }),
    ],
    asks: [
      get("/", { allowed: ["GET", "HEAD", "PUT"] }, { host: "a.example.com", method: "POST" }),
      get("/", { allowed: ["PUT"] }, { host: "b.example.com", method: "POST" }),
      get("/", to("two", { x: "a" }), { host: "a.example.com", method: "PUT" }),
      get("/b", { redirect: "/b/" }, { host: "a.example.com" }),
      get("/b", "nothing", { host: "b.example.com" }),
    ],
  },
];
