/** Which paths name a file below the directory, and how one is written back. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { pathReference, safePath } from "../../src/static/safe-path.ts";

describe("safePath()", () => {
  for (const [path, name, endsInSlash] of [
    ["", "", false],
    ["/", "", true],
    ["/a.txt", "a.txt", false],
    ["/a/b.txt", "a/b.txt", false],
    ["/a/b/", "a/b", true],
    ["/a..b/c...", "a..b/c...", false],
    ["/a b%20+.txt", "a b%20+.txt", false],
    ["/caf\xc3\xa9.txt", "café.txt", false],
    ["/.well-known/security.txt", ".well-known/security.txt", false],
  ] as const) {
    test(`takes ${JSON.stringify(path)}`, () => {
      assert.deepEqual(safePath(path, false), { name, endsInSlash });
    });
  }

  for (const [path, why] of [
    ["/..", "the way up"],
    ["/../etc/passwd", "the way up"],
    ["/a/../b", "the way up, though it stays within"],
    ["/a/..", "the way up at the end"],
    ["/a/../", "the way up before a slash"],
    ["/./a", "a segment that means nothing"],
    ["//a", "an empty segment"],
    ["//", "nothing but empty segments"],
    ["/a//b", "an empty segment inside"],
    ["/a//", "an empty segment at the end"],
    ["a", "no slash at the start"],
    ["/a\0.txt", "NUL"],
    ["/..\\..\\a", "a backslash"],
    ["/C:/a", "a drive"],
    ["/a/c:x", "a drive inside"],
    ["/.env", "a name with a dot"],
    ["/a/.git/config", "a directory with a dot"],
    ["/a/.well-known/x", "RFC 8615's directory where it is not the root's"],
    ["/\xff", "no UTF-8"],
    ["/\xc0\xae\xc0\xae/a", "dots in too many bytes"],
  ] as const) {
    test(`refuses ${why}: ${JSON.stringify(path)}`, () => {
      assert.equal(safePath(path, false), undefined);
    });
  }

  test("shows names with a dot where it is asked to, and still no way up", () => {
    assert.deepEqual(safePath("/.env", true), { name: ".env", endsInSlash: false });
    assert.equal(safePath("/..", true), undefined);
    assert.equal(safePath("/.", true), undefined);
  });
});

describe("safePath() on Windows", () => {
  for (const name of [
    ...["CON", "con", "nul.txt", "AUX.tar.gz", "COM1", "lpt9.log", "com\u00b9", "CONIN$"],
    ...["ab:c", "a.txt::$DATA", "a.", "a ", "a. .", "PROGRA~1", "a*", "a?", "a<b", "a|b", 'a"b'],
    "a\u0001b",
  ]) {
    const path = Buffer.from(`/sub/${name}`).toString("latin1");
    test(`refuses ${JSON.stringify(name)}, and takes it elsewhere`, () => {
      assert.equal(safePath(path, false, "win32"), undefined);
      assert.equal(safePath(`${path}/x`, false, "win32"), undefined);
      assert.ok(safePath(path, false, "linux"));
    });
  }

  for (const name of ["CONSOLE", "console.log", "nullable", "com10", "a.b", "a~b", "COM"]) {
    test(`takes ${name}`, () => {
      assert.deepEqual(safePath(`/${name}`, false, "win32"), { name, endsInSlash: false });
    });
  }
});

describe("pathReference()", () => {
  for (const [path, reference] of [
    ["/a/b/", "/a/b/"],
    ["/a b?c#d%e/", "/a%20b%3Fc%23d%25e/"],
    ["/caf\xc3\xa9/", "/caf%C3%A9/"],
    ['/a"<>\r\n/', "/a%22%3C%3E%0D%0A/"],
    ["//other.example/", "/other.example/"],
    ["/", "/"],
  ] as const) {
    test(`writes ${JSON.stringify(path)} as ${reference}`, () => {
      assert.equal(pathReference(path), reference);
    });
  }
});
