import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, describe, test } from "node:test";
import { PorticoRun } from "../support/portico-run.ts";

const here = mkdtempSync(join(tmpdir(), "portico-targets-"));
after(() => rmSync(here, { recursive: true }));

const PYTHON = `
from types import SimpleNamespace

def make(text):
    def application(environ, start_response):
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [text.encode()]
    return application

class Site:
    deep = SimpleNamespace(application=make("deep"))

def create_app(name="factory", *, debug=False):
    return make(f"{name} {debug}")

site = make("site")
app = make("app")
`;

/** Answers `text`, as an expression in JavaScript and in TypeScript. */
const ANSWER = `(text) => (environ, start) => {
  start("200 OK", [["Content-Type", "text/plain"]]);
  return [Buffer.from(text)];
}`;

const FILES: Readonly<Record<string, string>> = {
  "wsgi.py": PYTHON,
  "both.py": `${PYTHON}\napplication = make("application")\n`,
  "package/__init__.py": "",
  "package/names.py": "greeting = 'sibling'\n",
  "package/wsgi.py": `from .names import greeting\n${PYTHON}\nsibling = make(greeting)\n`,
  "folder/shop.py": `from beside import greeting\n${PYTHON}\napplication = make(greeting)\n`,
  "folder/beside.py": "greeting = 'beside'\n",
  "a folder/my site.py": PYTHON,
  "default.mjs": `const make = ${ANSWER};
    export default make("default"); export const application = make("application");`,
  "application.mjs": `const make = ${ANSWER};
    export const app = make("app"); export const application = make("application");`,
  "app.mjs": `const make = ${ANSWER}; export const app = make("app");
    export const site = make("site"); export const sites = { one: make("one") };`,
  "common.cjs": `exports.application = (${ANSWER})("common application");`,
  "common-default.cjs": `module.exports = (${ANSWER})("common default");`,
  "app.ts": `type Start = (status: string, headers: [string, string][]) => void;
    const make = (text: string) => (environ: object, start: Start): Uint8Array[] => {
      start("200 OK", [["Content-Type", "text/plain"]]);
      return [Buffer.from(text)];
    };
    export const app = make("typed app");
    export const site = make("typed site");
    export default make("typed default");`,
  "later.mts": `const { setImmediate } = await import("node:timers/promises");
    await setImmediate();
    export const app = async (environ: object, start: (s: string, h: string[][]) => void) => {
      start("200 OK", [["Content-Type", "text/plain"]]);
      return [Buffer.from("later")];
    };`,
};

for (const [path, text] of Object.entries(FILES)) {
  mkdirSync(dirname(join(here, path)), { recursive: true });
  writeFileSync(join(here, path), text);
}

/** Target and options, what it answers, and for Python what it was found as. */
const TARGETS: readonly (readonly [readonly string[], string, string?])[] = [
  [["wsgi"], "app", "wsgi:app"],
  [["both"], "application", "both:application"],
  [["wsgi:site"], "site", "wsgi:site"],
  [["package.wsgi:sibling"], "sibling", "package.wsgi:sibling"],
  [["package.wsgi:Site.deep.application"], "deep", "package.wsgi:Site.deep.application"],
  [["wsgi:create_app()"], "factory False", "wsgi:create_app()"],
  [['wsgi:create_app("literal", debug=True)'], "literal True"],
  [["wsgi.py"], "app", "wsgi:app"],
  [["folder/shop.py"], "beside", "shop:application"],
  [["./folder/shop.py:site"], "site", "shop:site"],
  [["folder/shop.py:create_app('it')"], "it False"],
  [[join(here, "wsgi.py:site")], "site"],
  [["a folder/my site.py:site"], "site"],
  [["package/wsgi.py:sibling"], "sibling", "package.wsgi:sibling"],
  [["--chdir", "folder", "shop:application"], "beside"],
  [["--pythonpath", "nowhere,folder", "shop:app"], "app"],
  [["./default.mjs"], "default"],
  [["./application.mjs"], "application"],
  [["app.mjs"], "app"],
  [["./app.mjs:site"], "site"],
  [["./app.mjs:sites.one"], "one"],
  [["./common.cjs"], "common application"],
  [["./common-default.cjs"], "common default"],
  [["./app.ts"], "typed default"],
  [["./app.ts:app"], "typed app"],
  [["app.ts:site"], "typed site"],
  [["-w", "2", "./app.ts:site"], "typed site"],
  [["./later.mts"], "later"],
];

describe("a target is found and served:", { concurrency: 2 }, () => {
  for (const [args, answer, name] of TARGETS) {
    test(`${args.join(" ").replace(here, "/path")}`, async () => {
      await using run = await PorticoRun.serving({
        args: ["-b", "127.0.0.1:0", ...args],
        cwd: here,
      });
      const { status, text } = await run.get("/");
      assert.equal(status, 200);
      assert.equal(text, answer);
      if (name !== undefined) assert.ok(run.stderr.text.includes(`Serving ${name}: 1 worker(s)`));
    });
  }
});
