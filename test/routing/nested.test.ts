/** URLs from where a request stands: below mounts, of nested routers, of other hosts. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { HttpRequest } from "../../src/messages/http-request.ts";
import { json } from "../../src/messages/http-response.ts";
import type { Result } from "../../src/messages/respond.ts";
import { UrlError } from "../../src/routing/errors.ts";
import { mount } from "../../src/routing/mount.ts";
import { createRouter } from "../../src/routing/router.ts";
import { createClient } from "../../src/testing/client.ts";
import type { Environ } from "../../src/wsgi/types.ts";

const admin = createRouter()
  .get("/", () => "admin", { name: "home" })
  .get("/users/<int:id>", ({ id }, _, urlFor) => `${id} of ${urlFor("home")}`, { name: "user" });

const site = createRouter()
  .get("/about", () => "about", { name: "about" })
  .mount("/<any(de, en):lang>/admin", admin, { name: "admin" })
  .mount("/blog", createRouter().mount("/x", admin, { name: "inner" }), { name: "blog" });

function requestTo(host: string, scriptName = ""): HttpRequest {
  const environ: Partial<Environ> = {
    HTTP_HOST: host,
    SCRIPT_NAME: scriptName,
    "wsgi.url_scheme": "http",
  };
  // urlFor looks at nothing else.
  return new HttpRequest(environ as Environ);
}

describe("the URL of a nested router's route", () => {
  test("is made by its own name, and by the outer router's", async () => {
    const client = createClient(site);
    assert.equal((await client.get("/de/admin/users/7")).text, "7 of /de/admin/");
    assert.equal(site.urlFor("admin.user", { lang: "en", id: 7 }), "/en/admin/users/7");
    assert.equal(site.urlFor("admin.home", { lang: "en", q: 1 }), "/en/admin/?q=1");
    assert.equal(site.urlFor("blog.inner.user", { id: 7 }), "/blog/x/users/7");
  });

  test("begins where the router is that is asked, wherever the request is by now", async () => {
    // Its result has a type, since the routers' types would else depend on themselves.
    const links = (_: object, request: HttpRequest): Result =>
      json([inner.urlFor("links", {}, { request }), outer.urlFor("top", {}, { request })]);
    const inner = createRouter().get("/links", links, { name: "links" });
    const outer = createRouter()
      .get("/top", () => "", { name: "top" })
      .mount("/inner", inner);
    const client = createClient(mount({ "/site": outer }));
    assert.deepEqual((await client.get("/site/inner/links")).json(), [
      "/site/inner/links",
      "/site/top",
    ]);
  });
});

describe("an external URL", () => {
  test("has the scheme and the host of the request", () => {
    const request = requestTo("example.com:8080", "/caf\xc3\xa9");
    assert.equal(
      site.urlFor("about", {}, { request, external: true }),
      "http://example.com:8080/caf%C3%A9/about",
    );
  });

  test("has the origin that is given, whatever the request's", () => {
    const options = {
      request: requestTo("evil.example"),
      external: "https://example.com/",
    } as const;
    assert.equal(site.urlFor("about", { a: "b" }, options), "https://example.com/about?a=b");
  });

  test("needs a request or an origin", () => {
    assert.throws(
      () => site.urlFor("about", {}, { external: true }),
      /needs a request, or an origin/,
    );
  });

  test("is not made of a Host that is none", () => {
    const request = requestTo("example.com/x?");
    assert.throws(() => site.urlFor("about", {}, { request, external: true }), UrlError);
  });
});

describe("the URL of a route for a host", () => {
  const router = createRouter({ host: "<shop>.example.com" })
    .get("/", ({ shop }) => shop, { name: "shop" })
    .get("/<int:id>", ({ id }) => `${id + 1}`, { name: "api", host: "api.example.com" });

  test("has the host unless the request asks it", () => {
    const request = requestTo("ada.example.com:8080");
    assert.equal(router.urlFor("shop", { shop: "ada" }, { request }), "/");
    assert.equal(
      router.urlFor("shop", { shop: "bob" }, { request }),
      "http://bob.example.com:8080/",
    );
    assert.equal(
      router.urlFor("api", { id: 7 }, { request, external: true }),
      "http://api.example.com:8080/7",
    );
  });

  test("is of any scheme without a request, and of the given origin's with one", () => {
    assert.equal(router.urlFor("shop", { shop: "ada" }), "//ada.example.com/");
    assert.equal(
      router.urlFor("shop", { shop: "ada" }, { external: "https://example.com" }),
      "https://ada.example.com/",
    );
  });

  test("is not made where its host would be none", () => {
    for (const shop of ["evil.example/", "evil.example#", "a@b", "a:1", ""]) {
      assert.throws(() => router.urlFor("shop", { shop }), UrlError, shop);
    }
  });

  test("is matched by the request's host without its port", async () => {
    const client = createClient(router);
    assert.equal((await client.get("/", { headers: { Host: "ada.example.com:80" } })).text, "ada");
    assert.equal((await client.get("/7", { headers: { Host: "api.example.com" } })).text, "8");
    assert.equal((await client.get("/7", { headers: { Host: "example.com" } })).status, 404);
  });
});

describe("no URL is made", () => {
  test("of a name that there is not, and the error says which there are", () => {
    // The type checker knows all names.
    const urlFor = site.urlFor as (name: string) => string;
    assert.throws(() => urlFor("abuot"), /no route is named abuot; named are about, admin\.home/);
  });

  test("of values that are missing, and the error says which", () => {
    const urlFor = site.urlFor as (name: string, values?: object) => string;
    assert.throws(() => urlFor("admin.user", { lang: "de" }), /the URL of user needs .* id/);
    assert.throws(() => urlFor("admin.user", { id: 7 }), /the URL of admin needs .* lang/);
  });

  test("of a value that is none, and the error says why", () => {
    assert.throws(
      () => site.urlFor("admin.user", { lang: "de", id: -1 }),
      /id: -1 would not be matched by <int:id>/,
    );
  });

  test("of half a character", () => {
    const router = createRouter().get("/<x>", () => "", { name: "x" });
    assert.throws(() => router.urlFor("x", { x: "\ud800" }), UrlError);
  });
});
