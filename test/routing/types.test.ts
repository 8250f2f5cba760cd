/** What the type checker knows of routes: a claim that is not true does not compile. */

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Converter } from "../../src/routing/converter.ts";
import { UrlError } from "../../src/routing/errors.ts";
import type { PathParams } from "../../src/routing/path-params.ts";
import { createRouter } from "../../src/routing/router.ts";
import type { RouteHandler } from "../../src/routing/router-types.ts";
import type { Application } from "../../src/wsgi/types.ts";

type IsSame<One, Other> =
  (<T>() => T extends One ? 1 : 2) extends <T>() => T extends Other ? 1 : 2 ? true : false;

const converters = {
  day: { regex: "x", toValue: (text: string) => new Date(text) },
  list: (): Converter<readonly string[]> => ({ regex: "x" }),
  word: { regex: "x" },
};
type Own = typeof converters;

true satisfies IsSame<PathParams<"/">, Record<never, never>>;
true satisfies IsSame<PathParams<"/users/<int:id>">, { id: number }>;
true satisfies IsSame<
  PathParams<"/<int:a>/<float:b>/<path:c>/<uuid:d>/<str:e>/<string:f>/<slug:g>/<h>">,
  { a: number; b: number; c: string; d: string; e: string; f: string; g: string; h: string }
>;
true satisfies IsSame<
  PathParams<"/<int:from>-<int:to>.<kind>">,
  { from: number; to: number; kind: string }
>;
true satisfies IsSame<PathParams<"/<int(min=1, max=5):id>">, { id: number }>;
true satisfies IsSame<PathParams<"/<string(length=2):lang>">, { lang: string }>;
true satisfies IsSame<PathParams<"/<any(a,b):x>">, { x: "a" | "b" }>;
true satisfies IsSame<
  PathParams<"/<any( about , help,\"foo,bar\", 'b)(:' ):page>/<int:id>">,
  { page: "about" | "help" | "foo,bar" | "b)(:"; id: number }
>;
true satisfies IsSame<PathParams<"/<day:when>", Own>, { when: Date }>;
true satisfies IsSame<PathParams<"/<list(','):items>", Own>, { items: readonly string[] }>;
true satisfies IsSame<PathParams<"/<word:x>", Own>, { x: string }>;
true satisfies IsSame<PathParams<"/<unknown:x>">, { x: never }>;
true satisfies IsSame<PathParams<string>, Readonly<Record<string, unknown>>>;

test("handlers are given what the pattern says, and urlFor takes no less", () => {
  const router = createRouter({ converters })
    .get("/", () => "", { name: "home" })
    .get("/users/<int:id>", ({ id }) => id.toFixed(), { name: "user" })
    .get("/pages/<any(about, help):page>", ({ page }) => page satisfies "about" | "help", {
      name: "page",
    })
    .post("/days/<day:when>", ({ when }) => when.toISOString(), { name: "day" })
    .get("/all/", ({ page }) => page.toFixed(), { name: "all", defaults: { page: 1 } })
    .get("/all/<int:page>", ({ page }) => page.toFixed(), { name: "all" })
    .get("/unnamed/<int:id>", () => "");

  assert.equal(router.urlFor("home"), "/");
  assert.equal(router.urlFor("home", { q: ["a", 1, true, null] }), "/?q=a&q=1&q=true");
  assert.equal(router.urlFor("user", { id: 7 }), "/users/7");
  assert.equal(router.urlFor("user", { id: 7, tab: "posts" }), "/users/7?tab=posts");
  assert.equal(router.urlFor("page", { page: "help" }), "/pages/help");
  assert.equal(router.urlFor("all"), "/all/");
  assert.equal(router.urlFor("all", { page: 3 }), "/all/3");

  const refused: readonly (() => unknown)[] = [
    // @ts-expect-error there is no such name
    () => router.urlFor("nobody"),
    // @ts-expect-error a value is missing
    () => router.urlFor("user"),
    // @ts-expect-error a value is missing
    () => router.urlFor("user", {}),
    // @ts-expect-error it has another name
    () => router.urlFor("user", { ids: 7 }),
    // @ts-expect-error it is no number
    () => router.urlFor("user", { id: "seven" }),
    // @ts-expect-error it is none of the items
    () => router.urlFor("page", { page: "imprint" }),
  ];
  for (const make of refused) assert.throws(make, UrlError);
  // @ts-expect-error a query holds no objects
  assert.ok(router.urlFor("home", { q: {} }));
});

test("handlers cannot ask for more than there is", () => {
  createRouter()
    // @ts-expect-error there is no such parameter
    .get("/users/<int:id>", ({ name }) => String(name))
    // @ts-expect-error it is a number
    .get("/texts/<int:id>", ({ id }) => id.trim())
    // @ts-expect-error this is nothing to answer with
    .get("/numbers", () => 7);

  const show: RouteHandler<{ id: number }, unknown> = ({ id }) => String(id);
  createRouter().get("/users/<int:id>", show).get("/posts/<int:id>/<slug>", show);
  // @ts-expect-error its id is a text
  createRouter().get("/users/<id>", show);
});

test("a host's parameters are those of its routes", () => {
  const router = createRouter({ host: "<shop>.example.com" })
    .get("/<int:id>", ({ shop, id }) => shop.trim() + id.toFixed(), { name: "item" })
    .get("/", ({ user }) => user.trim(), { host: "<user>.example.org", name: "user" });
  assert.equal(router.urlFor("item", { shop: "ada", id: 7 }), "//ada.example.com/7");
  assert.equal(router.urlFor("user", { user: "bob" }), "//bob.example.org/");
  // @ts-expect-error the host needs a value
  assert.throws(() => router.urlFor("item", { id: 7 }), UrlError);
});

test("the outer router knows the names of those that are mounted in it", () => {
  const admin = createRouter().get("/<int:id>", () => "", { name: "user" });
  const other: Application = () => [];
  const router = createRouter()
    .mount("/<lang>/admin", admin, { name: "admin" })
    .mount("/nameless", admin)
    .mount("/other", other, { name: "other" });
  assert.equal(router.urlFor("admin.user", { lang: "de", id: 7 }), "/de/admin/7");
  // @ts-expect-error the mount needs a value
  assert.throws(() => router.urlFor("admin.user", { id: 7 }), UrlError);
  // @ts-expect-error the name is that of the mount and of the route
  assert.throws(() => router.urlFor("user", { id: 7 }), UrlError);
  // @ts-expect-error an application has no names
  assert.throws(() => router.urlFor("other", {}), UrlError);
});

test("a handler is given urlFor for the routes that were there before", () => {
  createRouter()
    .get("/a", () => "", { name: "a" })
    .get("/b", (_, __, urlFor) => urlFor("a"), { name: "b" })
    // @ts-expect-error that route comes later
    .get("/c", (_, __, urlFor) => urlFor("d"))
    .get("/d", () => "", { name: "d" });
});
