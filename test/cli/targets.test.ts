import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { checkTarget, parseTarget } from "../../src/cli/targets.ts";

const folder = mkdtempSync(join(tmpdir(), "portico-targets-"));
after(() => rmSync(folder, { recursive: true }));
mkdirSync(join(folder, "site"));
mkdirSync(join(folder, "odd.py"));
for (const name of ["app.ts", "site/app.py", "notes.txt"]) writeFileSync(join(folder, name), "");

test("modules and calls are Python's", () => {
  for (const target of [
    "app",
    "mysite.wsgi:application",
    "package.module:object.attribute",
    "shop:create_app()",
    'shop:create_app("a:b", debug=True)',
    'shop:create_app("./app.ts")',
    "shop:app.ts",
  ]) {
    assert.deepEqual(parseTarget(target), { kind: "python", target });
  }
});

test("a .py file is Python's, and its path is told", () => {
  for (const [target, path] of [
    ["app.py", "app.py"],
    ["./src/app.py:app", "./src/app.py"],
    ["/srv/a b/app.py:create_app('x')", "/srv/a b/app.py"],
  ] as const) {
    assert.deepEqual(parseTarget(target), { kind: "python", target, path });
  }
});

test("TypeScript and JavaScript files are known by their endings", () => {
  for (const ending of ["ts", "mts", "cts", "js", "mjs", "cjs"]) {
    const path = `./app.${ending}`;
    assert.deepEqual(parseTarget(path), { kind: "javascript", path });
  }
  assert.deepEqual(parseTarget("app.ts:shop"), {
    kind: "javascript",
    path: "app.ts",
    exportName: "shop",
  });
});

test("files that are there pass, and modules are left to Python", () => {
  for (const target of ["./app.ts", "site/app.py:app", "nowhere:application", "site"]) {
    checkTarget(parseTarget(target), folder);
  }
  checkTarget(parseTarget(join(folder, "app.ts")), "/");
});

test("a missing file is named with the directory it was looked for in", () => {
  const message = (path: string) => ({
    message: `no file ${path} in ${folder}`,
    exitCode: 1,
  });
  assert.throws(() => checkTarget(parseTarget("./gone.ts"), folder), message("./gone.ts"));
  assert.throws(() => checkTarget(parseTarget("gone.py:app"), folder), message("gone.py"));
  assert.throws(() => checkTarget(parseTarget("./gone:app"), folder), message("./gone"));
});

test("a directory is refused with what to name instead", () => {
  assert.throws(() => checkTarget(parseTarget("./site"), folder), {
    message:
      "./site is a directory; name a file in it, such as site/app.py, or serve its files: portico static -d ./site",
  });
  assert.throws(() => checkTarget(parseTarget("."), folder), {
    message:
      ". is a directory; name a file in it, such as app.py, or serve its files: portico static -d .",
  });
  assert.throws(() => checkTarget(parseTarget("odd.py"), folder), /is a directory/);
});

test("a file of another kind is refused", () => {
  assert.throws(() => checkTarget(parseTarget("./notes.txt"), folder), {
    message: "./notes.txt is no .py, .ts or .js file",
  });
});
