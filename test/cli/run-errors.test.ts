import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { runToEnd } from "../support/portico-run.ts";
import { repositoryRoot } from "../support/python-environment.ts";

const broken = join(repositoryRoot, "test/apps/broken");
const here = mkdtempSync(join(tmpdir(), "portico-errors-"));
after(() => rmSync(here, { recursive: true }));
writeFileSync(join(here, "app.py"), "def app(environ, start_response):\n    return []\n");
writeFileSync(join(here, "syntax.py"), "def app(:\n");
writeFileSync(join(here, "notes.txt"), "");
mkdirSync(join(here, "site"));

/** Promise, arguments, exit status, the last line; each run has a free port. */
type Row = readonly [string, readonly string[], number, RegExp];

const MISTAKES: readonly Row[] = [
  ["no target", [], 2, /^portico: no application given; name one, such as portico module:app/],
  ["two targets", ["app", "app2"], 2, /^portico: two applications given, "app" and "app2"/],
  ["an unknown option", ["--wrokers", "2", "app"], 2, /unknown option --wrokers; did you mean --w/],
  ["a bad number", ["-w", "two", "app"], 2, /^portico: --workers: "two" is not a whole number/],
  [
    "a bad level",
    ["--log-level", "loud", "app"],
    2,
    /^portico: --log-level: "loud" is not a level/,
  ],
  ["an option without its value", ["app", "--threads"], 2, /^portico: --threads has no value/],
  ["a bad address", ["-b", "http://x:1", "app"], 2, /^portico: --bind: .* is a URL; write HOST/],
  ["a bad entry", ["-e", "NAME", "app"], 2, /^portico: --env: "NAME" is not NAME=VALUE/],
  ["a bad --chdir", ["--chdir", "nowhere", "app"], 2, /^portico: --chdir: nowhere is no directory/],
  ["a missing .py file", ["nowhere.py"], 1, /^portico: no file nowhere\.py in \/.*portico-errors/],
  ["a missing .ts file", ["./app.ts:site"], 1, /^portico: no file \.\/app\.ts in /],
  ["a directory", ["./site"], 1, /^portico: \.\/site is a directory; name a file in it/],
  [
    "a file of no kind",
    ["./notes.txt"],
    1,
    /^portico: \.\/notes\.txt is no \.py, \.ts or \.js fil/,
  ],
  [
    "a socket path in a missing directory",
    ["-b", "unix:nowhere/portico.sock", "app"],
    1,
    /^portico: --bind: cannot listen on unix:.*nowhere\/portico\.sock: its directory does not exist/,
  ],
  [
    "a socket path under a file",
    ["-b", "unix:notes.txt/portico.sock", "app"],
    1,
    /^portico: --bind: cannot listen on unix:.*: its directory is a file/,
  ],
  [
    "a socket path that is a file",
    ["-b", "unix:notes.txt", "app"],
    1,
    /^portico: --bind: cannot listen on unix:.*: a file that is no socket has this name/,
  ],
  [
    "an address that is another machine's",
    ["-b", "192.0.2.1:0", "app"],
    1,
    /^portico: --bind: cannot listen on http:\/\/192\.0\.2\.1.*: this machine has no such address/,
  ],
  [
    "an error log that cannot be written",
    ["--error-logfile", "nowhere/error.log", "app"],
    1,
    /^portico: --error-logfile: cannot open "nowhere\/error.log" for writing: no such file or dir/,
  ],
  [
    "an access log that cannot be written",
    ["--access-logfile", "site", "app"],
    1,
    /^portico: --access-logfile: cannot open "site" for writing: .*\(EISDIR\)/,
  ],
  [
    "a --python that is not there",
    ["--python", "./bin/python", "app"],
    1,
    /^portico: --python \.\/bin\/python: \/.*\/bin\/python is no program$/,
  ],
  [
    "a --python that is not in PATH",
    ["--python", "python9", "app"],
    1,
    /^portico: no Python: python9 cannot be started; give --python PATH$/,
  ],
];

describe("a mistake on the command line is one line and an exit status:", {
  concurrency: 2,
}, () => {
  for (const [promise, args, status, line] of MISTAKES) {
    test(`${promise} (${status})`, async () => {
      const bind = args.includes("-b") ? [] : ["-b", "127.0.0.1:0"];
      const end = await runToEnd({ args: [...bind, ...args], cwd: here, ownPython: true });
      const lines = end.stderr.trimEnd().split("\n");
      assert.match(lines.at(-1) ?? "", line);
      assert.equal(lines.filter((other) => !other.includes("[INFO]")).length, 1, end.stderr);
      assert.equal(end.code, status);
      assert.equal(end.stdout, "");
    });
  }

  test("a VIRTUAL_ENV that is gone (1)", async () => {
    const env = { VIRTUAL_ENV: join(here, "gone") };
    const args = ["-b", "127.0.0.1:0", "app"];
    const end = await runToEnd({ args, cwd: here, env, ownPython: true });
    assert.match(
      end.stderr,
      /^portico: VIRTUAL_ENV is .*gone, but .*gone\/bin\/python is no program; unset it or give/m,
    );
    assert.equal(end.code, 1);
  });

  test("a bad value in the environment, which is named (2)", async () => {
    const env = { WEB_CONCURRENCY: "many" };
    const end = await runToEnd({ args: ["app"], cwd: here, env });
    assert.match(end.stderr, /^portico: WEB_CONCURRENCY: "many" is not a whole number/);
    assert.equal(end.code, 2);
  });

  test("a port in use, for a Python and for a TypeScript application (1)", async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, "127.0.0.1", resolve));
    const address = taken.address();
    const port = typeof address === "object" ? address?.port : 0;
    for (const target of [["app"], ["-w", "2", join(repositoryRoot, "test/apps/echo.ts")]]) {
      const end = await runToEnd({ args: ["-b", `127.0.0.1:${port}`, ...target], cwd: here });
      assert.match(
        end.stderr,
        new RegExp(
          `^portico: --bind: cannot listen on http://127.0.0.1:${port}.*: another progr`,
          "m",
        ),
      );
      assert.equal(end.code, 1);
    }
    await new Promise((resolve) => taken.close(resolve));
  });

  test("a .ts file is never taken for a Python module", async () => {
    const end = await runToEnd({ args: ["-b", "127.0.0.1:0", "app.tsx"], cwd: here });
    assert.notEqual(end.code, 0);
  });
});

/** Promise, target and options, exit status, lines in their order; the last one is the last. */
type LoadRow = readonly [string, readonly string[], number, readonly RegExp[]];

const WHERE = String.raw`in \S+/test/apps/broken with \S+/python3?(\.\d+)? \(Python 3\.\d+\.\d+\)`;

const UNLOADABLE: readonly LoadRow[] = [
  [
    "a module that is not there",
    ["nowhere:app"],
    4,
    [new RegExp(`^portico: cannot load nowhere:app ${WHERE}: there is no module nowhere`)],
  ],
  [
    "a module that needs another that is not installed",
    ["lacks_module"],
    4,
    [
      /Traceback \(most recent call last\):/,
      /lacks_module\.py", line 3/,
      new RegExp(
        `^portico: cannot load lacks_module ${WHERE}: ModuleNotFoundError: No module named`,
      ),
    ],
  ],
  [
    "a module that raises",
    ["raises_at_import:app"],
    4,
    [
      /Traceback/,
      /raises_at_import\.py", line 8/,
      /raises_at_import\.py", line 5, in configure/,
      /^RuntimeError: no database at db\.example/,
      new RegExp(`^portico: cannot load raises_at_import:app ${WHERE}: RuntimeError: no database`),
    ],
  ],
  [
    "a file that raises",
    ["./raises_at_import.py"],
    4,
    [/Traceback/, new RegExp(`^portico: cannot load \\./raises_at_import\\.py ${WHERE}: Runtime`)],
  ],
  [
    "a missing attribute: what is there is named",
    ["lacks_application:application"],
    4,
    [/^portico: lacks_application has no 'application'; it has make_site, site$/],
  ],
  [
    "no default attribute: what is there is named",
    ["lacks_application"],
    4,
    [/^portico: lacks_application has neither application nor app; it has make_site, site$/],
  ],
  [
    "an attribute that is nothing to call",
    ["no_application"],
    4,
    [/^portico: no_application:application is of type str, not a WSGI application$/],
  ],
  [
    "an ASGI application",
    ["no_application:asgi"],
    4,
    [/^portico: no_application:asgi .*; it looks like an ASGI application$/],
  ],
  [
    "a factory that was not called",
    ["no_application:factory"],
    4,
    [
      /^portico: no_application:factory .*; if it makes the application, write no_application:factory/,
    ],
  ],
  [
    "a module that calls sys.exit",
    ["exits_at_import"],
    4,
    [
      new RegExp(
        `^portico: cannot load exits_at_import ${WHERE}: it called sys.exit\\('usage: .*'\\)`,
      ),
    ],
  ],
  [
    "a module that ends its process",
    ["leaves_at_import"],
    4,
    [/^portico: a worker exited with status 7 before it was ready: leaves_at_import with /],
  ],
  [
    "a module that starts a server",
    ["--boot-timeout", "3", "serves_at_import:app"],
    4,
    [
      /ERROR\] gave up importing serves_at_import:app; it is at .*serves_at_import\.py, line 11/,
      /it seems to start a server of its own when imported; put that under if __name__ ==/,
      /^portico: not imported within --boot-timeout 3 s: serves_at_import:app with .* in \/.*broken$/,
    ],
  ],
  [
    "a module that never ends",
    ["--boot-timeout", "3", "-w", "2", "loops_at_import"],
    4,
    [
      /gave up importing loops_at_import; it is at .*loops_at_import\.py, line/,
      /not imported within/,
    ],
  ],
  [
    "a TypeScript module that throws",
    ["./throws.ts"],
    4,
    [
      /^portico: cannot import \/.*throws\.ts with Node\.js v\d+/,
      /Error: no database at db\.example/,
      /at configure \(.*throws\.ts:3/,
    ],
  ],
  [
    "a TypeScript module without an application",
    ["./lacks-application.ts"],
    4,
    [/^portico: .*lacks-application\.ts: .* is not exported; it exports site, title$/],
  ],
  [
    "a TypeScript module without that export",
    ["./lacks-application.ts:main"],
    4,
    [/^portico: .*lacks-application\.ts: main is not exported; it exports site, title$/],
  ],
  [
    "a TypeScript export that is no function",
    ["./lacks-application.ts:title"],
    4,
    [/^portico: .*lacks-application\.ts: title is no function but string; it exports site, title$/],
  ],
  [
    "a TypeScript module that throws, under a supervisor",
    ["-w", "2", "./throws.ts"],
    4,
    [/^portico: cannot import \/.*throws\.ts/, /Error: no database at db\.example/],
  ],
  [
    "a TypeScript module that never ends",
    ["--boot-timeout", "3", "./hangs.ts"],
    4,
    [/^portico: .*hangs\.ts: not imported within --boot-timeout 3 s: a top-level await of it has/],
  ],
  [
    "a TypeScript module that never ends, under a supervisor",
    ["--boot-timeout", "3", "-w", "2", "./hangs.ts"],
    4,
    [/^portico: .*hangs\.ts: not imported within --boot-timeout 3 s: a top-level await of it has/],
  ],
];

describe("an application that cannot be loaded is said to be so:", { concurrency: 2 }, () => {
  for (const [promise, args, status, wanted] of UNLOADABLE) {
    test(`${promise} (${status})`, async () => {
      const end = await runToEnd({ args: ["-b", "127.0.0.1:0", ...args], cwd: broken });
      let rest = end.stderr.trimEnd().split("\n");
      for (const pattern of wanted) {
        const at = rest.findIndex((line) => pattern.test(line));
        assert.notEqual(at, -1, `no ${pattern} in:\n${end.stderr}`);
        rest = rest.slice(at);
      }
      assert.equal(end.code, status);
      assert.equal(end.stdout, "");
    });
  }

  test("a module with a syntax error (4)", async () => {
    const end = await runToEnd({ args: ["-b", "127.0.0.1:0", "syntax"], cwd: here });
    assert.match(end.stderr, /File ".*syntax\.py", line 1\n\s+def app\(:\n\s+\^\nSyntaxError/);
    assert.match(end.stderr, /^portico: cannot load syntax in .*: SyntaxError: invalid syntax/m);
    assert.equal(end.code, 4);
  });

  test("nothing is left on the way: no worker, no socket", async () => {
    const args = ["-b", "unix:portico.sock", "-w", "2", "lacks_module"];
    const end = await runToEnd({ args, cwd: here, env: { PYTHONPATH: broken } });
    assert.equal(end.code, 4);
    assert.throws(() => statSync(join(here, "portico.sock")), { code: "ENOENT" });
  });
});

describe("a start that fails leaves no socket behind:", { concurrency: 2 }, () => {
  const broken = join(here, "throws.mjs");
  writeFileSync(broken, "throw new Error('broken');");
  const good = join(here, "good.mjs");
  writeFileSync(good, "export const app = () => [];");
  for (const [promise, target, also] of [
    ["a TypeScript application that cannot be loaded", broken, []],
    ["another address, of a TypeScript application", good, ["-b", "192.0.2.1:0"]],
    ["another address, of a Python application", "app", ["-b", "192.0.2.1:0"]],
  ] as const) {
    test(promise, async () => {
      const socket = join(here, `${promise.length}.sock`);
      const end = await runToEnd({ args: ["-b", `unix:${socket}`, ...also, target], cwd: here });
      assert.notEqual(end.code, 0);
      assert.equal(existsSync(socket), false);
    });
  }
});
