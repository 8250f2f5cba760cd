/** Files over HTTP: which are found, how they are told of, and how conditions and ranges work out. */
import assert from "node:assert/strict";
import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import { mount } from "../../src/routing/mount.ts";
import { StaticFilesError, staticFiles } from "../../src/static/static-files.ts";
import { Folder, field, ServedFolder, seen, WRITTEN } from "./served.ts";

const LARGE = Buffer.alloc(700_001, "0123456789");

const FILES = {
  "a.txt": "the file a",
  "empty.txt": "",
  "large.bin": LARGE,
  "sub/index.html": "the index",
  "sub/b.txt": "the file b",
  "bare/c.txt": "the file c",
  "with space/caf\u00e9 ?#%.txt": "a strange name",
  ".env": "secret",
  ".well-known/security.txt": "Contact",
  "../outside.txt": "outside",
  "../index.html": "outside",
};

describe("a directory of files", () => {
  let site: ServedFolder;

  before(async () => {
    site = await ServedFolder.open(FILES);
    const { path } = site.folder;
    symlinkSync("a.txt", join(path, "inner-link.txt"));
    symlinkSync(join(path, "..", "outside.txt"), join(path, "outer-link.txt"));
    symlinkSync(join(path, ".."), join(path, "outer-directory"));
    symlinkSync("circle", join(path, "circle"));
  });

  after(async () => {
    assert.deepEqual(site.findings, [], "lint finds nothing wrong with any answer");
    await site[Symbol.asyncDispose]();
  });

  test("a file is told of in full", async () => {
    const answer = await site.get("/a.txt");
    assert.equal(seen(answer), "200 the file a");
    assert.equal(field(answer, "Content-Type"), "text/plain; charset=utf-8");
    assert.equal(field(answer, "Content-Length"), "10");
    assert.equal(field(answer, "Last-Modified"), WRITTEN);
    assert.match(field(answer, "ETag") ?? "", /^"[\w-]+"$/);
    assert.equal(field(answer, "Accept-Ranges"), "bytes");
    assert.equal(field(answer, "Cache-Control"), "max-age=0");
    assert.equal(field(answer, "Vary"), undefined);
  });

  test("a file is the same from memory", async () => {
    const [first, second] = [await site.get("/a.txt"), await site.get("/a.txt")];
    const date = ({ fields }: typeof first) => fields.filter(([name]) => name !== "Date");
    assert.deepEqual(date(second), date(first));
    assert.deepEqual(second.body, first.body);
  });

  test("a file that is too large for memory comes whole", async () => {
    const answer = await site.get("/large.bin");
    assert.equal(answer.status, 200);
    assert.ok(answer.body.equals(LARGE));
  });

  for (const [target, answer] of [
    ["/sub/", "200 the index"],
    ["/sub/b.txt?v=1", "200 the file b"],
    ["/%61.txt", "200 the file a"],
    ["/sub%2Fb.txt", "200 the file b"],
    ["/with%20space/caf%C3%A9%20%3F%23%25.txt", "200 a strange name"],
    ["/inner-link.txt", "200 the file a"],
    ["/.well-known/security.txt", "200 Contact"],
    ["/empty.txt", "200 "],
    ["/", "404 404 Not Found"],
    ["/none", "404 404 Not Found"],
    ["/a.txt/", "404 404 Not Found"],
    ["/a.txt/b", "404 404 Not Found"],
    ["/bare", "404 404 Not Found"],
    ["/bare/", "404 404 Not Found"],
    ["/A.TXT", "404 404 Not Found"],
    ["/.env", "404 404 Not Found"],
    ["/../outside.txt", "404 404 Not Found"],
    ["/sub/../a.txt", "404 404 Not Found"],
    ["/%2e%2e/outside.txt", "404 404 Not Found"],
    ["/..%2foutside.txt", "404 404 Not Found"],
    ["/%252e%252e/outside.txt", "404 404 Not Found"],
    ["/..%5coutside.txt", "404 404 Not Found"],
    ["/a.txt%00", "404 404 Not Found"],
    ["//a.txt", "404 404 Not Found"],
    ["/outer-link.txt", "404 404 Not Found"],
    ["/outer-directory/outside.txt", "404 404 Not Found"],
    ["/outer-directory", "404 404 Not Found"],
    ["/outer-directory/", "404 404 Not Found"],
    ["/circle", "404 404 Not Found"],
    [`/${"n".repeat(300)}`, "404 404 Not Found"],
  ] as const) {
    test(`answers ${target.slice(0, 50)} with ${answer}`, async () => {
      assert.equal(seen(await site.get(target)), answer);
    });
  }

  for (const [target, location] of [
    ["/sub", "/sub/"],
    ["/sub?a=%20b&c", "/sub/?a=%20b&c"],
    ["/s%75b", "/sub/"],
  ] as const) {
    test(`sends ${target} to ${location}`, async () => {
      const answer = await site.get(target);
      assert.equal(answer.status, 301);
      assert.equal(field(answer, "Location"), location);
    });
  }

  for (const target of ["/a.txt", "/large.bin", "/sub", "/none"]) {
    test(`tells HEAD of ${target} what GET is told, without the body`, async () => {
      const [got, headed] = [await site.get(target), await site.ask("HEAD", target)];
      const fields = ({ fields: all }: typeof got) => all.filter(([name]) => name !== "Date");
      assert.equal(headed.status, got.status);
      assert.deepEqual(fields(headed), fields(got));
      assert.equal(headed.body.length, 0);
    });
  }

  for (const method of ["POST", "PUT", "DELETE", "OPTIONS", "PATCH"]) {
    test(`refuses ${method} and says what is allowed`, async () => {
      const answer = await site.ask(method, "/a.txt");
      assert.equal(answer.status, 405);
      assert.equal(field(answer, "Allow"), "GET, HEAD");
    });
  }

  test("who has the file is told so, with what a cache updates", async () => {
    const etag = field(await site.get("/a.txt"), "ETag") ?? "";
    for (const condition of [
      ["If-None-Match", etag],
      ["If-None-Match", `"x", W/${etag}`],
      ["If-Modified-Since", WRITTEN],
    ] as const) {
      const answer = await site.get("/a.txt", [condition]);
      assert.equal(seen(answer), "304 ", condition.join(": "));
      assert.equal(field(answer, "ETag"), etag);
      assert.equal(field(answer, "Cache-Control"), "max-age=0");
      assert.equal(field(answer, "Content-Type"), undefined);
    }
  });

  test("who wants another version than there is gets none", async () => {
    for (const condition of [
      ["If-Match", '"other"'],
      ["If-Unmodified-Since", "Sat, 31 Oct 2026 23:59:59 GMT"],
    ] as const) {
      assert.equal((await site.get("/a.txt", [condition])).status, 412);
    }
    assert.equal((await site.get("/none", [["If-Match", "*"]])).status, 404);
  });

  for (const [target, content] of [
    ["/a.txt", Buffer.from("the file a")],
    ["/large.bin", LARGE],
  ] as const) {
    const { length } = content;

    test(`a range of ${target} is a part of it`, async () => {
      for (const [range, start, end] of [
        ["0-0", 0, 1],
        ["4-7", 4, 8],
        ["4-", 4, length],
        ["-3", length - 3, length],
        ["0-", 0, length],
      ] as const) {
        const answer = await site.get(target, [["Range", `bytes=${range}`]]);
        assert.equal(answer.status, 206, range);
        assert.ok(answer.body.equals(content.subarray(start, end)), range);
        assert.equal(field(answer, "Content-Range"), `bytes ${start}-${end - 1}/${length}`);
        assert.match(field(answer, "ETag") ?? "", /^"/);
      }
    });

    test(`several ranges of ${target} are a body of parts`, async () => {
      const answer = await site.get(target, [["Range", "bytes=0-1, -2"]]);
      assert.equal(answer.status, 206);
      const type = field(answer, "Content-Type") ?? "";
      const [, boundary = ""] = /^multipart\/byteranges; boundary=(\w+)$/.exec(type) ?? [];
      const plainType = field(await site.get(target), "Content-Type");
      const part = (first: number, last: number) =>
        `--${boundary}\r\nContent-Type: ${plainType}\r\nContent-Range: bytes ${first}-${last}/${length}\r\n\r\n` +
        `${content.subarray(first, last + 1)}\r\n`;
      assert.equal(
        answer.body.toString("latin1"),
        `${part(0, 1)}${part(length - 2, length - 1)}--${boundary}--\r\n`,
      );
      assert.equal(field(answer, "Content-Length"), String(answer.body.length));
    });

    test(`a range of ${target} that does not exist is refused with its length`, async () => {
      const answer = await site.get(target, [["Range", `bytes=${length}-`]]);
      assert.equal(answer.status, 416);
      assert.equal(field(answer, "Content-Range"), `bytes */${length}`);
    });
  }

  test("a range is for GET, for what the client has parts of, and after the other conditions", async () => {
    const range = ["Range", "bytes=0-1"] as const;
    const etag = field(await site.get("/a.txt"), "ETag") ?? "";
    const status = async (...fields: (readonly [string, string])[]) =>
      (await site.get("/a.txt", [range, ...fields])).status;
    assert.equal(await status(["If-Range", etag]), 206);
    assert.equal(await status(["If-Range", WRITTEN]), 206);
    assert.equal(await status(["If-Range", '"other"']), 200);
    assert.equal(await status(["If-Range", "Sat, 31 Oct 2026 23:59:59 GMT"]), 200);
    assert.equal(await status(["If-None-Match", etag]), 304);
    assert.equal(await status(["If-Match", '"other"']), 412);
    assert.equal((await site.ask("HEAD", "/a.txt", { fields: [range] })).status, 200);
  });
});

describe("static files below a path", () => {
  test("are found by what is left of it, and lead back to where they are", async () => {
    await using site = await ServedFolder.open(
      { "index.html": "the index", "sub/index.html": "below", "a.txt": "a" },
      {},
      (files) => mount({ "/static": mount({ "/files": files }) }),
    );
    assert.equal(seen(await site.get("/static/files/")), "200 the index");
    assert.equal(seen(await site.get("/static/files/a.txt")), "200 a");
    assert.equal(field(await site.get("/static/files?q"), "Location"), "/static/files/?q");
    assert.equal(field(await site.get("/static/files/sub"), "Location"), "/static/files/sub/");
    assert.deepEqual(site.findings, []);
  });
});

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
        "exact": "exact",
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
