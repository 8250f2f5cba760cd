/** docs/static.md: its examples run, and its tables say what is so. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { loadApplication } from "../../src/engines/in-process.ts";
import type { Application } from "../../src/wsgi/types.ts";
import { repositoryRoot } from "../support/python-environment.ts";
import { serveApplication } from "../support/serve-application.ts";
import { Folder, field, seen } from "./served.ts";

const DOCUMENT = readFileSync(join(repositoryRoot, "docs", "static.md"), "utf8");
const EXAMPLES = [...DOCUMENT.matchAll(/```ts\n(.*?)```/gs)].map(([, code = ""]) => code);

/** Files where the examples look for them, whatever the working directory is. */
const FILES = {
  "public/index.html": "public",
  "dist/index.html": "the page",
  "dist/404.html": "lost",
  "dist/assets/app-3f2a9c1d.js": "the script",
  "media/invoice.pdf": "the invoice",
};

async function loadExample(folder: Folder, at: number): Promise<Application> {
  const code = EXAMPLES[at] ?? "";
  const here = code
    .replace(/"(public|dist|media)"/, (_, name) => JSON.stringify(join(folder.path, name)))
    .replace(/"portico\/(middleware\/\w+)"/, (_, name) =>
      JSON.stringify(join(repositoryRoot, "build", "src", `${name}.js`)),
    );
  return loadApplication(folder.write(`example${at}.ts`, here));
}

/** What is asked of each example, and what it answers. */
const VISITS: readonly (readonly (readonly [target: string, answer: string])[])[] = [
  [
    ["/", "200 public"],
    ["/none", "404 404 Not Found"],
  ],
  [
    ["/api", "200 {}"],
    ["/static/", "200 public"],
    ["/", "404 404 Not Found"],
  ],
  [
    ["/assets/app-3f2a9c1d.js", "200 the script"],
    ["/users/7", "200 the page"],
    ["/none.js", "404 lost"],
  ],
  [["/", "200 the invoice"]],
];

test("the examples answer as the document says", async () => {
  assert.equal(EXAMPLES.length, VISITS.length);
  using folder = new Folder(FILES);
  for (const [at, visits] of VISITS.entries()) {
    await using served = await serveApplication(await loadExample(folder, at));
    for (const [target, answer] of visits) {
      assert.equal(seen(await served.ask("GET", target)), answer, `example ${at}: ${target}`);
    }
  }
});

test("the examples say how long copies are good for", async () => {
  using folder = new Folder(FILES);
  await using beside = await serveApplication(await loadExample(folder, 1));
  const page = await beside.ask("GET", "/static/");
  assert.equal(field(page, "Cache-Control"), "max-age=3600");
  await using build = await serveApplication(await loadExample(folder, 2));
  const script = await build.ask("GET", "/assets/app-3f2a9c1d.js");
  assert.equal(field(script, "Cache-Control"), "max-age=31536000, immutable");
});

test("the table has every option", () => {
  const source = readFileSync(join(repositoryRoot, "src", "static", "static-files.ts"), "utf8");
  const [, options = ""] = /interface StaticFilesOptions \{(.*?)\n\}/s.exec(source) ?? [];
  const named = [...options.matchAll(/readonly (\w+)\?/g)].map(([, name]) => name);
  const listed = [...DOCUMENT.matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name);
  assert.deepEqual(listed, named);
});
