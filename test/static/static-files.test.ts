/** Files over HTTP: which are found, how they are told of, and how conditions and ranges work out. */
import assert from "node:assert/strict";
import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { mount } from "../../src/routing/mount.ts";
import { field, ServedFolder, seen, WRITTEN } from "./served.ts";

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
