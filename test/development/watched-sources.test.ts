import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { SourceFilter } from "../../src/development/watched-sources.ts";

function filter(...extras: readonly string[]): SourceFilter {
  return new SourceFilter({
    directories: ["/home/.work/site"],
    extras,
    isEnvironment: (directory) => directory === "/home/.work/site/env",
  });
}

describe("of a watched directory", () => {
  const plain = filter();
  const counts: readonly (readonly [string, boolean])[] = [
    ["/home/.work/site/app.py", true],
    ["/home/.work/site/shop/views.py", true],
    ["/home/.work/site/app.mts", true],
    ["/home/.work/site/app.cjs", true],
    ["/home/.work/site/page.tsx", true],
    ["/home/.work/site/index.html", false],
    ["/home/.work/site/app.pyc", false],
    ["/home/.work/site/db.sqlite3", false],
    ["/home/.work/site/.app.py.swp", false],
    ["/home/.work/site/.#app.py", false],
    ["/home/.work/site/.git/hook.py", false],
    ["/home/.work/site/node_modules/x/index.js", false],
    ["/home/.work/site/__pycache__/app.py", false],
    ["/home/.work/other/app.py", false],
    ["/home/.work/site-two/app.py", false],
  ];
  for (const [path, does] of counts) {
    test(`${path} ${does ? "counts" : "does not count"}`, () =>
      assert.equal(plain.watchesFile(path), does));
  }

  const directories: readonly (readonly [string, boolean])[] = [
    ["/home/.work/site", false],
    ["/home/.work/site/shop", false],
    ["/home/.work/site/env", true],
    ["/home/.work/site/.venv", true],
    ["/home/.work/site/shop/node_modules", true],
  ];
  for (const [path, skips] of directories) {
    test(`${path} is ${skips ? "skipped" : "looked into"}`, () =>
      assert.equal(plain.skipsDirectory(path), skips));
  }
});

describe("extra files", () => {
  const counts: readonly (readonly [string, string, boolean])[] = [
    ["/etc/site.env", "/etc/site.env", true],
    ["/etc/site.env", "/etc/site.env.bak", false],
    ["/var/templates", "/var/templates/shop/index.html", true],
    ["/var/templates", "/var/templates-old/index.html", false],
    ["/var/t/*.html", "/var/t/index.html", true],
    ["/var/t/*.html", "/var/t/shop/index.html", false],
    ["/var/t/*.html", "/var/t/index.html.bak", false],
    ["/var/t/**/*.html", "/var/t/index.html", true],
    ["/var/t/**/*.html", "/var/t/shop/a/index.html", true],
    ["/var/t/page-?.txt", "/var/t/page-1.txt", true],
    ["/var/t/page-?.txt", "/var/t/page-12.txt", false],
    ["/var/t/[ab].txt", "/var/t/a.txt", true],
    ["/var/t/[!ab].txt", "/var/t/a.txt", false],
    ["/var/t/(1)+*.txt", "/var/t/(1)+x.txt", true],
  ];
  for (const [extra, path, does] of counts) {
    test(`${extra} ${does ? "takes" : "leaves"} ${path}`, () =>
      assert.equal(filter(extra).watchesFile(path), does));
  }

  test("are watched where they are, or where their pattern begins", () => {
    assert.deepEqual(filter("/etc/site.env", "/var/t/**/*.html").roots, [
      ...["/home/.work/site", "/etc/site.env", "/var/t"],
    ]);
  });

  test("in a hidden directory are looked for", () => {
    assert.equal(
      filter("/home/.work/site/.env.d").skipsDirectory("/home/.work/site/.env.d"),
      false,
    );
  });
});
