/** The options of static files, one by one. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import { StaticFilesError, staticFiles } from "../../src/static/static-files.ts";
import { Folder, field, ServedFolder, seen } from "./served.ts";

describe("the options of static files", () => {
  test("index names the file that stands for a directory", async () => {
    await using site = await ServedFolder.open({ "start.htm": "s" }, { index: "start.htm" });
    assert.equal(seen(await site.get("/")), "200 s");
  });

  test("index may name several files, of which the first there is stands for a directory", async () => {
    await using site = await ServedFolder.open(
      { "index.htm": "htm", "sub/index.htm": "htm", "sub/index.html": "html", "none/a": "" },
      { index: ["index.html", "index.htm"] },
    );
    assert.equal(seen(await site.get("/")), "200 htm");
    assert.equal(seen(await site.get("/sub/")), "200 html");
    assert.equal((await site.get("/sub")).status, 301);
    assert.equal((await site.get("/none/")).status, 404);
  });

  test("extensions may be left out of a path", async () => {
    await using site = await ServedFolder.open(
      {
        "about.html": "about",
        "docs.html": "the page",
        "docs/index.html": "the directory",
        exact: "exact",
        "exact.html": "not this one",
        "feed.xml": "feed",
        "../public.html": "outside",
      },
      { extensions: ["html", "xml"] },
    );
    for (const [target, answer] of [
      ["/about", "200 about"],
      ["/about.html", "200 about"],
      ["/docs", "200 the page"],
      ["/docs/", "200 the directory"],
      ["/exact", "200 exact"],
      ["/feed", "200 feed"],
      ["/about/", "404 404 Not Found"],
      ["/none", "404 404 Not Found"],
      ["/..%2fpublic", "404 404 Not Found"],
    ] as const) {
      assert.equal(seen(await site.get(target)), answer, target);
    }
    assert.equal(field(await site.get("/about"), "Content-Type"), "text/html; charset=utf-8");
  });

  test("headers are sent with each file, and with the word that it has not changed", async () => {
    await using site = await ServedFolder.open(
      { "a.txt": "a", "font.woff2": "f", "404.html": "none" },
      {
        notFound: "404.html",
        headers: (name) => ({
          "X-Served-By": "static",
          ...(name.endsWith(".woff2") && {
            "Access-Control-Allow-Origin": "*",
            "cache-control": "max-age=9",
          }),
        }),
      },
    );
    const font = await site.get("/font.woff2");
    assert.equal(field(font, "Access-Control-Allow-Origin"), "*");
    assert.deepEqual(
      font.fields.filter(([name]) => name.toLowerCase() === "cache-control"),
      [["cache-control", "max-age=9"]],
    );
    const text = await site.get("/a.txt");
    assert.equal(field(text, "X-Served-By"), "static");
    assert.equal(field(text, "Access-Control-Allow-Origin"), undefined);
    const unchanged = await site.get("/a.txt", [["If-None-Match", field(text, "ETag") ?? ""]]);
    assert.equal(field(unchanged, "X-Served-By"), "static");
    assert.equal(field(await site.get("/none"), "X-Served-By"), undefined);
    assert.deepEqual(site.findings, []);
  });

  test("headers that are worked out for each file are refused when a function says them, too", async () => {
    await using site = await ServedFolder.open(
      { "a.txt": "a" },
      { headers: () => ({ "content-type": "text/x" }) },
    );
    assert.equal((await site.get("/a.txt")).status, 500);
    assert.match(
      site.served.log.text,
      /headers has content-type, .*; mediaTypes says it by ending/,
    );
  });

  test("isImmutable knows names with a hash by itself", async () => {
    await using site = await ServedFolder.open(
      { "app.3f2a9c1d.js": "", "app.js": "" },
      { isImmutable: "hashed" },
    );
    const control = async (target: string) => field(await site.get(target), "Cache-Control");
    assert.equal(await control("/app.3f2a9c1d.js"), "max-age=31536000, immutable");
    assert.equal(await control("/app.js"), "max-age=0");
  });

  test("dotfiles shows them", async () => {
    await using site = await ServedFolder.open({ ".a/.b": "seen" }, { dotfiles: true });
    assert.equal(seen(await site.get("/.a/.b")), "200 seen");
  });

  test("maxAge and isImmutable say how long a copy is good for", async () => {
    await using site = await ServedFolder.open(
      { "page.html": "", "assets/app-3f2a9c1d.js": "" },
      { maxAge: 60, isImmutable: (name) => /^assets\/.*-[0-9a-f]{8}\.\w+$/.test(name) },
    );
    const control = async (target: string) => field(await site.get(target), "Cache-Control");
    assert.equal(await control("/page.html"), "max-age=60");
    assert.equal(await control("/assets/app-3f2a9c1d.js"), "max-age=31536000, immutable");
  });

  test("mediaTypes add to the table", async () => {
    const mediaTypes = { ".glsl": "text/plain; charset=utf-8" };
    await using site = await ServedFolder.open({ "x.glsl": "" }, { mediaTypes });
    assert.equal(field(await site.get("/x.glsl"), "Content-Type"), "text/plain; charset=utf-8");
  });

  test("fallback answers for paths without an ending where there is no file", async () => {
    await using site = await ServedFolder.open(
      { "index.html": "the application", "a.txt": "a" },
      { fallback: "index.html" },
    );
    for (const target of ["/users/7", "/users/", "/index.html"]) {
      const answer = await site.get(target);
      assert.equal(seen(answer), "200 the application", target);
      assert.equal(field(answer, "Content-Type"), "text/html; charset=utf-8");
    }
    assert.equal(seen(await site.get("/a.txt")), "200 a");
    assert.equal((await site.get("/none.js")).status, 404);
  });

  test("fallback does not answer for paths that name nothing to be served", async () => {
    await using site = await ServedFolder.open(
      { "index.html": "the application", ".env": "secret" },
      { fallback: "index.html" },
    );
    for (const target of [
      "/.env",
      "/.git/config",
      "/..%2fetc/passwd",
      "//users",
      "/a%00",
      "/%c0%ae",
    ]) {
      assert.equal((await site.get(target)).status, 404, target);
    }
  });

  test("notFound is the body of a 404, whatever was asked of the file that is not there", async () => {
    await using site = await ServedFolder.open(
      { "404.html": "<h1>Lost?</h1>" },
      { notFound: "404.html" },
    );
    const etag = field(await site.get("/404.html"), "ETag") ?? "";
    const answer = await site.get("/none.js", [
      ["If-None-Match", etag],
      ["Range", "bytes=0-1"],
    ]);
    assert.equal(seen(answer), "404 <h1>Lost?</h1>");
    assert.equal(field(answer, "Content-Type"), "text/html; charset=utf-8");
    assert.equal(field(answer, "ETag"), undefined);
    assert.equal(field(answer, "Cache-Control"), undefined);
  });

  test("a URL names the directory as well", async () => {
    using folder = new Folder({ "a.txt": "a" });
    assert.equal(typeof staticFiles(pathToFileURL(folder.path)), "function");
  });

  test("what has no meaning is refused at once, by its name", () => {
    using folder = new Folder({ "a.txt": "a" });
    for (const [make, message] of [
      [() => staticFiles(join(folder.path, "none")), /none" cannot be served/],
      [() => staticFiles(join(folder.path, "a.txt")), /a\.txt" is not a directory/],
      [() => staticFiles(folder.path, { fallback: "none.html" }), /fallback is "none\.html"/],
      [() => staticFiles(folder.path, { notFound: "../x" }), /notFound is "\.\.\/x"/],
      [() => staticFiles(folder.path, { maxAge: -1 }), /maxAge is -1/],
      [() => staticFiles(folder.path, { maxAge: 0.5 }), /maxAge is 0\.5/],
      [() => staticFiles(folder.path, { index: "a/b" }), /index is "a\/b"/],
      [() => staticFiles(folder.path, { index: ["a", ""] }), /index is ""/],
      [() => staticFiles(folder.path, { extensions: [".html"] }), /extensions has "\.html"/],
      [() => staticFiles(folder.path, { headers: { ETag: "x" } }), /headers has ETag/],
      [() => staticFiles(folder.path, { cache: { each: Number.NaN } }), /cache\.each is NaN/],
      [() => staticFiles(folder.path, { cache: { freshness: -1 } }), /cache\.freshness is -1/],
      [() => staticFiles(folder.path, { mediaTypes: { js: "text/plain" } }), /"js"/],
      [() => staticFiles(folder.path, { mediaTypes: { ".js": "a\r\nb: c" } }), /for \.js/],
    ] as const) {
      assert.throws(
        make,
        (error) => error instanceof StaticFilesError && message.test(error.message),
      );
    }
  });
});
