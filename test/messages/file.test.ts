import assert from "node:assert/strict";
import { symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import { type FileOptions, file } from "../../src/messages/file.ts";
import { HttpError } from "../../src/messages/http-error.ts";
import { toApplication } from "../../src/messages/to-application.ts";
import { createClient } from "../../src/testing/client.ts";
import { Folder } from "../static/served.ts";
import { serveApplication } from "../support/serve-application.ts";
import type { TestResponse } from "./answered.ts";

const LARGE = "0123456789".repeat(10_000);

function ask(
  path: string | URL,
  options: FileOptions = {},
  headers: Readonly<Record<string, string>> = {},
): Promise<TestResponse> {
  return createClient(toApplication(() => file(path, options))).get("/", { headers });
}

function inFolder(): Folder {
  const folder = new Folder({ "a.txt": "hello", "large.bin": LARGE, ".secret": "x" });
  for (const name of ["a.txt", "large.bin"]) utimesSync(join(folder.path, name), 1000, 1000);
  return folder;
}

describe("file()", () => {
  test("answers as static files are answered", async () => {
    using folder = inFolder();
    const answer = await ask(join(folder.path, "a.txt"), { maxAge: 60 });
    assert.equal(answer.text, "hello");
    assert.equal(answer.header("Content-Type"), "text/plain; charset=utf-8");
    assert.equal(answer.header("Content-Length"), "5");
    assert.equal(answer.header("Cache-Control"), "max-age=60");
    assert.equal(answer.header("Last-Modified"), "Thu, 01 Jan 1970 00:16:40 GMT");
    const etag = answer.header("ETag") ?? "";
    const again = await ask(join(folder.path, "a.txt"), {}, { "If-None-Match": etag });
    assert.equal(again.status, 304);
  });

  test("sends a file that is too large for memory, whole and in part", async () => {
    using folder = inFolder();
    const url = pathToFileURL(join(folder.path, "large.bin"));
    await using served = await serveApplication(toApplication(() => file(url)));
    assert.equal((await served.ask("GET", "/")).body.toString(), LARGE);
    const part = await served.ask("GET", "/", { fields: [["Range", "bytes=5-6,99998-"]] });
    assert.equal(part.status, 206);
    assert.match(part.body.toString(), /\r\n\r\n56\r\n.*\r\n\r\n89\r\n/s);
  });

  test("keeps what it is told otherwise", async () => {
    using folder = inFolder();
    const answer = await ask(join(folder.path, "a.txt"), {
      mediaType: "text/x",
      status: 404,
      headers: { "Cache-Control": "no-store" },
    });
    assert.equal(answer.status, 404);
    assert.equal(answer.header("Content-Type"), "text/x");
    assert.equal(answer.header("Cache-Control"), "no-store");
  });

  for (const [name, field] of [
    ["a.txt", 'attachment; filename="a.txt"'],
    ["é.txt", "attachment; filename=\"_.txt\"; filename*=UTF-8''%C3%A9.txt"],
    ['a"b\\c%', "attachment; filename=\"a_b_c_\"; filename*=UTF-8''a%22b%5Cc%25"],
    ["a\r\nb", "attachment; filename=\"a__b\"; filename*=UTF-8''a%0D%0Ab"],
    ["\u{1f600}", "attachment; filename=\"__\"; filename*=UTF-8''%F0%9F%98%80"],
  ] as const) {
    test(`is saved as ${JSON.stringify(name)}`, async () => {
      using folder = inFolder();
      const answer = await ask(join(folder.path, "a.txt"), { downloadAs: name });
      assert.equal(answer.header("Content-Disposition"), field);
    });
  }
});

describe("file() below a root", () => {
  test("sends what is there", async () => {
    using folder = new Folder({ "in/é.txt": "hello" });
    assert.equal((await ask("in/é.txt", { root: folder.path })).text, "hello");
    assert.equal((await ask("é.txt", { root: pathToFileURL(`${folder.path}/in`) })).text, "hello");
  });

  test("leads nowhere else", async () => {
    using outside = new Folder({ "a.txt": "outside" });
    using folder = inFolder();
    symlinkSync(join(outside.path, "a.txt"), join(folder.path, "link.txt"));
    writeFileSync(join(folder.path, "con"), "");
    for (const path of [
      "../a.txt",
      join(outside.path, "a.txt"),
      "link.txt",
      ".secret",
      "a.txt/",
      "a.txt\0",
      "none.txt",
      "",
      "x\\..\\a.txt",
    ]) {
      assert.equal((await ask(path, { root: folder.path })).status, 404, path);
    }
  });

  test("takes no URL", () => {
    assert.throws(() => file(new URL("file:///a"), { root: "/" }), TypeError);
  });
});

test("a file that is not there is a 404 that can be caught", () => {
  assert.throws(
    () => file("/nowhere/at/all"),
    (error) => error instanceof HttpError && error.status === 404,
  );
});
