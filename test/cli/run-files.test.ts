/** `--static`, `--sendfile-root` and `--accel-redirect`: files that the server sends beside any application. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, describe, test } from "node:test";
import { promisify } from "node:util";
import { PorticoRun, runToEnd } from "../support/portico-run.ts";
import { pythonProgram, repositoryRoot } from "../support/python-environment.ts";

const here = realpathSync(mkdtempSync(join(tmpdir(), "portico-files-")));
after(() => rmSync(here, { recursive: true }));

const FILES: Readonly<Record<string, string>> = {
  "shop.py": `
def app(environ, start_response):
    path = environ["PATH_INFO"]
    headers = [("Content-Type", "text/plain")]
    if path == "/named":
        headers.append(("X-Sendfile", environ["HTTP_X_NAME"]))
    if path == "/accelerated":
        headers.append(("X-Accel-Redirect", "/protected/a.txt"))
    start_response("200 OK", headers)
    return [f"application {environ['SCRIPT_NAME']} {path}".encode()]
`,
  "shop.mjs": `export const app = (environ, start) => {
    const headers = [["Content-Type", "text/plain"]];
    if (environ.PATH_INFO === "/named") headers.push(["X-Sendfile", environ.HTTP_X_NAME]);
    if (environ.PATH_INFO === "/accelerated") headers.push(["X-Accel-Redirect", "/protected/a.txt"]);
    start("200 OK", headers);
    return [Buffer.from(\`application \${environ.SCRIPT_NAME} \${environ.PATH_INFO}\`)];
  };`,
  "assets/a.css": "the style",
  "assets/app.0123456789ab.css": "the hashed style",
  "assets/deep/b.css": "shadowed",
  "deep/b.css": "the deep style",
  "public/robots.txt": "User-agent: *",
  "media/a.txt": "the media file",
  "elsewhere/a.txt": "outside",
};

for (const [path, text] of Object.entries(FILES)) {
  mkdirSync(dirname(join(here, path)), { recursive: true });
  writeFileSync(join(here, path), text);
}

const SERVED = [
  ...["-b", "127.0.0.1:0", "--static", "/static=assets", "--static", "/static/deep=deep"],
  ...["--static", "/=public", "--sendfile-root", "media", "--accel-redirect", "/protected/=media"],
];

for (const [name, args] of [
  ["a Python application", ["shop.py:app"]],
  ["a TypeScript application in two workers", ["-w", "2", "./shop.mjs"]],
  ["a Python application while it is developed", ["--reload", "shop.py:app"]],
] as const) {
  test(`${name} has its files sent by the server`, async () => {
    await using run = await PorticoRun.serving({ args: [...SERVED, ...args], cwd: here });
    for (const [target, text] of [
      ["/static/a.css", "the style"],
      ["/static/deep/b.css", "the deep style"],
      ["/robots.txt", "User-agent: *"],
      ["/static/none.css", "application  /static/none.css"],
      ["/", "application  /"],
      ["/accelerated", "the media file"],
    ] as const) {
      assert.equal((await run.get(target)).text, text, target);
    }
    const style = await run.get("/static/a.css");
    const isDeveloped = args[0] === "--reload";
    assert.equal(style.headers["cache-control"], isDeveloped ? "max-age=0" : "max-age=60");
    const hashed = await run.get("/static/app.0123456789ab.css");
    assert.equal(hashed.headers["cache-control"], "max-age=31536000, immutable");
    const named = await run.get("/named", { "X-Name": join(here, "media", "a.txt") });
    assert.equal(named.text, "the media file");
    assert.equal(named.headers["x-sendfile"], undefined);
    const outside = await run.get("/named", { "X-Name": join(here, "elsewhere", "a.txt") });
    assert.equal(outside.status, 500);
    await run.stderr.line(
      /SendfileError: X-Sendfile is ".*elsewhere\/a\.txt", which is not within/,
    );
    assert.match(run.stderr.text, /Files: \/static from .*\/assets$/m);
    assert.match(run.stderr.text, /Files: X-Sendfile within .*\/media$/m);
    assert.match(run.stderr.text, /Files: X-Accel-Redirect \/protected\/ from .*\/media$/m);
  });
}

describe("a mistake is said with its flag", () => {
  for (const [args, message] of [
    [
      ["--static", "/static=none"],
      /--static \/static: the directory ".*none" cannot be served; create/,
    ],
    [["--static", "static"], /--static: "static" is not PATH=DIR, such as \/static=staticfiles/],
    [["--static", "/a=x", "--static", "/a=y"], /--static: "\/a" stands there twice/],
    [["--sendfile-root", "none"], /--sendfile-root: the directory ".*none" cannot be served/],
    [["--accel-redirect", "/x=shop.py"], /--accel-redirect: ".*shop\.py" is not a directory/],
  ] as const) {
    for (const target of ["shop.py:app", "./shop.mjs"]) {
      test(`${args.join(" ")} before ${target}`, async () => {
        const run = await runToEnd({ args: ["-b", "127.0.0.1:0", ...args, target], cwd: here });
        assert.match(run.stderr, message);
        assert.equal(run.code, 2);
      });
    }
  }
});

test("--check-config finds a directory that is not there", async () => {
  const args = ["--check-config", "--static", "/static=none", "shop.py:app"];
  const run = await runToEnd({ args, cwd: here });
  assert.match(run.stderr, /--static \/static: the directory ".*none" cannot be served/);
  assert.equal(run.code, 2);
});

test("a configuration file says it as a table", async () => {
  const config = { static: { "/static": "assets" }, bind: "127.0.0.1:0", target: "shop.py:app" };
  const file = join(here, "files.json");
  writeFileSync(file, JSON.stringify(config));
  await using run = await PorticoRun.serving({ args: ["-c", file], cwd: here });
  assert.equal((await run.get("/static/a.css")).text, "the style");
});

test("Django's collected files are served, those with a hash for ever", async () => {
  const site = join(here, "django_site");
  cpSync(join(repositoryRoot, "test/apps/frameworks/django_site"), site, { recursive: true });
  const settings = join(site, "mysite", "collected.py");
  writeFileSync(
    settings,
    `from .settings import *

ALLOWED_HOSTS = ["*"]
STATIC_ROOT = STATE / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage",
    },
}
`,
  );
  const state = join(here, "state");
  mkdirSync(state);
  const env = {
    ...{ SITE_STATE: state, SITE_FILES: state, PYTHONDONTWRITEBYTECODE: "1" },
    DJANGO_SETTINGS_MODULE: "mysite.collected",
  };
  await promisify(execFile)(pythonProgram("python"), ["manage.py", "collectstatic", "--noinput"], {
    cwd: site,
    env: { ...process.env, ...env },
  });
  const styles = readdirSync(join(state, "static", "library"));
  const hashed = styles.find((style) => /^site\.[0-9a-f]{12}\.css$/.test(style)) ?? "";
  const args = ["-b", "127.0.0.1:0", "--static", `/static=${join(state, "static")}`, "mysite.wsgi"];
  await using run = await PorticoRun.serving({ args, cwd: site, env });
  const style = await run.get(`/static/library/${hashed}`);
  assert.equal(style.status, 200);
  assert.equal(style.headers["content-type"], "text/css; charset=utf-8");
  // One hash of 280 has digits alone, or letters alone.
  const isClear = /[a-f]/.test(hashed.slice(5, 17)) && /[0-9]/.test(hashed.slice(5, 17));
  assert.ok(isClear, hashed);
  assert.equal(style.headers["cache-control"], "max-age=31536000, immutable");
  assert.equal((await run.get("/static/none.css")).status, 404);
});
